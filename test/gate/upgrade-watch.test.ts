import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Caller } from '../../src/engine/caller.ts';
import type { Endpoint } from '../../src/engine/urls/url-registry.ts';
import { createUpgradeWatch } from '../../src/gate/upgrade-watch.ts';
import type { OpenConnection, UpgradeWatch } from '../../src/gate/upgrade-watch.ts';
import { AppError } from '../../src/errors/errors.ts';
import { eventually } from '../support/eventually.ts';

class TestSocket extends EventEmitter {
  isDestroyed = false;
  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

const caller = { userId: 'u1' } as unknown as Caller; // only its identity counts here
const maxStaleness = 2_000;

describe('the watch over open connections', () => {
  let isCurrent: boolean;
  let lag: number;
  let answer: () => Promise<Caller>;
  let asked: string[];
  let watch: UpgradeWatch;
  beforeEach(() => {
    [isCurrent, lag, asked, answer] = [true, 0, [], () => Promise.resolve(caller)];
    watch = createUpgradeWatch({
      maxStaleness, lag: () => lag, isCurrent: () => isCurrent,
      decideAgain(_open, from) {
        asked.push(from);
        return answer();
      },
    });
  });
  afterEach(() => watch.close());

  function open(): { readonly socket: TestSocket; readonly signal: AbortSignal; readonly ended: Promise<number> } {
    const socket = new TestSocket();
    const connection: OpenConnection = {
      caller, path: '/live', request: {} as IncomingMessage, endpoint: {} as Endpoint,
    }; // handed on, and not looked at
    const signal = watch.watch(socket as unknown as Duplex, connection); // as much of one as is used
    const ended = new Promise<number>((resolve) => socket.once('close', () => resolve(performance.now())));
    return { socket, signal, ended };
  }

  it('a caller who may no longer stay, a socket without a listener is closed', async () => {
    const { socket, signal, ended } = open();
    isCurrent = false;
    answer = () => Promise.reject(new AppError('right-missing'));
    await ended;
    expect([socket.isDestroyed, signal.aborted, (signal.reason as AppError).code]).toEqual([true, true, 'right-missing']);
  });

  it('a listener of the signal, is called and closes its socket itself', async () => {
    const { socket, signal } = open();
    isCurrent = false;
    answer = () => Promise.reject(new AppError('session-ended'));
    await new Promise((resolve) => { signal.onabort = resolve; });
    expect(socket.isDestroyed).toBe(false);
  });

  it('nobody answers, or the node may no longer trust its memory and the store says no, ended within the bound', async () => {
    const silent = open();
    isCurrent = false;
    answer = () => new Promise(() => undefined);
    const from = performance.now();
    expect(await silent.ended - from).toBeLessThan(maxStaleness);
    expect((silent.signal.reason as AppError).code).toBe('database-unreachable');
    const { ended, signal } = open();
    [isCurrent, lag] = [true, maxStaleness / 2];
    answer = () => Promise.reject(new AppError('user-disabled'));
    asked.length = 0;
    await ended;
    expect([asked, (signal.reason as AppError).code]).toEqual([['store'], 'user-disabled']);
  });

  it('nothing has changed, is asked of memory each second alone, for conditions, and stays', async () => {
    const { socket, signal } = open();
    await eventually(() => asked.length >= 2);
    expect([asked, socket.isDestroyed, signal.aborted]).toEqual([['memory', 'memory'], false, false]);
  });

  it('whose caller is still being asked about, is not asked about once more', async () => {
    let looks = 0;
    let release = (): void => undefined;
    const watched = createUpgradeWatch({
      maxStaleness, lag: () => 0, isCurrent: () => { looks += 1; return false; },
      decideAgain: (_open, from) => { asked.push(from); return new Promise((resolve) => { release = () => resolve(caller); }); },
    });
    const socket = new TestSocket();
    watched.watch(
      socket as unknown as Duplex, { caller, path: '/live', request: {} as IncomingMessage, endpoint: {} as Endpoint },
    ); // as much of them as is used
    while (looks < 4) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(asked).toEqual(['memory']);
    release();
    while (asked.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    watched.close();
  });

  it('a connection that has closed, is asked about no more; all end with the watch', () => {
    const [gone, left] = [open(), open()];
    gone.socket.destroy();
    watch.close();
    expect([gone.signal.aborted, left.signal.aborted, left.socket.isDestroyed]).toEqual([false, true, true]);
  });
});

describe('the timers of the watch', () => {
  const { setInterval, clearInterval, setTimeout } = globalThis;
  afterEach(() => void Object.assign(globalThis, { setInterval, clearInterval, setTimeout }));

  /** Watches one connection for one tick, and closes it; the timers that this starts and ends are noted. */
  async function timersOf(longest: number) {
    const seen = { tick: 0, patience: 0, running: [0] };
    let look = (): void => undefined;
    const note = (change: number): void => void seen.running.push((seen.running.at(-1) ?? 0) + change);
    Object.assign(globalThis, {
      setInterval: (each: () => void, tick: number) => {
        [look, seen.tick] = [each, tick];
        note(1);
        return { unref: () => ({}) };
      },
      clearInterval: () => note(-1),
      setTimeout: (_late: () => void, patience: number) => { seen.patience = patience; },
    });
    const watch = createUpgradeWatch({
      maxStaleness: longest, lag: () => 0, isCurrent: () => false, decideAgain: () => Promise.resolve(caller),
    });
    const socket = new TestSocket();
    const connection: OpenConnection = { caller, path: '/live', request: {} as IncomingMessage, endpoint: {} as Endpoint }; // handed on
    watch.watch(socket as unknown as Duplex, connection); // as much of one as is used
    look();
    await Promise.resolve();
    socket.destroy();
    return seen;
  }

  it('look 20 times within the bound and wait for 60 % of it, but look each 100 ms and wait for 1 s at the least', async () => {
    expect(await timersOf(60_000)).toMatchObject({ tick: 3_000, patience: 36_000 });
    expect(await timersOf(1_000)).toMatchObject({ tick: 100, patience: 1_000 });
  });

  it('end with the last connection', async () => {
    expect((await timersOf(2_000)).running).toEqual([0, 1, 0]);
  });
});
