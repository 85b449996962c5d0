import { getEventListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Caller } from '../engine/caller.ts';
import type { Endpoint } from '../engine/urls/url-registry.ts';
import { AppError } from '../errors/errors.ts';

/** An open connection that the gate let through. */
export interface OpenConnection {
  readonly request: IncomingMessage;
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly caller: Caller;
}

export interface UpgradeWatchDeps {
  /** Whether the cached data of a caller is still valid. */
  readonly isCurrent: (caller: Caller) => boolean;
  /** By how much the caches of this node may lag behind the database at this moment, in ms. */
  readonly lag: () => number;
  /** Decides again with the caller's current rights, from the store if necessary. Rejects if the caller may no longer stay. */
  readonly decideAgain: (open: OpenConnection, from: 'memory' | 'store') => Promise<Caller>;
  /** A connection whose caller may no longer stay ends within this time, in ms. */
  readonly maxStaleness: number;
}

export interface UpgradeWatch {
  /**
   * Watches a connection until it closes. The signal fires when its caller may no longer stay, or when the database does not
   * answer. If the signal has no listener, the socket is closed.
   */
  watch(socket: Duplex, open: OpenConnection): AbortSignal;
  /** Ends all connections, because nothing will watch them from now on. */
  close(): void;
}

interface Watched {
  readonly socket: Duplex;
  readonly controller: AbortController;
  open: OpenConnection;
  isAsked: boolean;
  decidedAt: number;
  readAt: number;
}

/** How often conditions such as times of day are checked while nothing else has changed, in ms. */
const conditionsEvery = 1_000;

/** Creates the watch over open connections. It decides again after each change of a caller, and once per second. */
export function createUpgradeWatch({ isCurrent, lag, decideAgain, maxStaleness }: UpgradeWatchDeps): UpgradeWatch {
  const tick = Math.max(100, maxStaleness / 20);
  // Together, the age of a read, the duration of the next read and one tick are at most maxStaleness.
  const patience = Math.max(1_000, maxStaleness * 0.6);
  const oldest = Math.max(500, maxStaleness - patience - tick);
  const all = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;

  function forget(each: Watched): void {
    all.delete(each);
    if (all.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function end(each: Watched, reason: unknown): void {
    if (!all.has(each)) return;
    forget(each);
    const isHeard = getEventListeners(each.controller.signal, 'abort').length > 0;
    each.controller.abort(reason);
    if (!isHeard) each.socket.destroy();
  }

  async function look(each: Watched, now: number): Promise<void> {
    const from = lag() > oldest ? 'store' : 'memory';
    const isDue = from === 'store' ? now - each.readAt >= oldest : !isCurrent(each.open.caller) || now - each.decidedAt >= conditionsEvery;
    if (each.isAsked || !isDue) return;
    each.isAsked = true;
    try {
      each.open = { ...each.open, caller: await within(patience, decideAgain(each.open, from)) };
      each.decidedAt = now;
      if (from === 'store') each.readAt = now;
    } catch (error) {
      end(each, error);
    } finally {
      each.isAsked = false;
    }
  }

  return {
    watch(socket, open) {
      const each: Watched = {
        socket, open, controller: new AbortController(), isAsked: false, decidedAt: performance.now(), readAt: -Infinity,
      };
      all.add(each);
      socket.once('close', () => forget(each));
      timer ??= setInterval(() => { for (const watched of all) void look(watched, performance.now()); }, tick).unref();
      return each.controller.signal;
    },
    close() {
      for (const each of [...all]) end(each, new AppError('not-ready'));
    },
  };
}

/** Waits for work. Rejects with `database-unreachable` if it takes longer than this. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('database-unreachable')), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
