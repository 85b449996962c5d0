import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeNotice } from '../../../src/platform/changes/peers.ts';
import { createRelay } from '../../../src/process/workers/relay.ts';
import type { Channel, ToPrimary, ToWorker } from '../../../src/process/workers/messages.ts';
import { joinPeers } from '../../../src/process/workers/worker-peers.ts';

const notice = (action: string): ChangeNotice => ({
  tenantId: 'default', action, target: { kind: 'role', id: '1' }, policy: true, users: [],
});

/** A relay that notes what it sends. */
function noting(patience = 2_000) {
  const sent: { readonly to: string; readonly id: number; readonly actions: string[] }[] = [];
  const relay = createRelay<string>(
    (to, id, notices) => void sent.push({ to, id, actions: notices.map(({ action }) => action) }), patience,
  );
  for (const member of ['a', 'b', 'c']) relay.join(member);
  return { relay, sent };
}

/** Whether it has resolved by now. */
const isOver = (work: Promise<void>): Promise<boolean> => Promise.race([work.then(() => true), sleep(5, false)]);

describe('createRelay', () => {
  it('tell, reaches all others and resolves when each has applied the change', async () => {
    const { relay, sent } = noting();
    const telling = relay.broadcast('a', [notice('role.create')]);
    expect(sent).toEqual([{ to: 'b', id: 1, actions: ['role.create'] }, { to: 'c', id: 1, actions: ['role.create'] }]);
    relay.applied('b', 1);
    relay.applied('b', 1);
    expect(await isOver(telling)).toBe(false);
    relay.applied('c', 1);
    await telling;
  });

  it('several at once, each waits for its own', async () => {
    const { relay, sent } = noting();
    const [one, two] = [relay.broadcast('a', [notice('one')]), relay.broadcast('b', [notice('two')])];
    expect(sent.map(({ to, id }) => `${to}${id}`)).toEqual(['b1', 'c1', 'a2', 'c2']);
    relay.applied('a', 2);
    relay.applied('c', 2);
    await two;
    expect(await isOver(one)).toBe(false);
    relay.applied('b', 1);
    relay.applied('c', 1);
    await one;
  });

  it('a member that has left, is no longer waited for', async () => {
    const { relay } = noting();
    const telling = relay.broadcast('a', [notice('one')]);
    relay.applied('b', 1);
    relay.leave('c');
    relay.leave('c');
    await telling;
  });

  it('no other member, resolves at once', async () => {
    const { relay, sent } = noting();
    relay.leave('b');
    relay.leave('c');
    await relay.broadcast('a', [notice('one')]);
    expect(sent).toEqual([]);
  });

  it('a silent member, is waited for until the time limit, and may answer late', async () => {
    const { relay } = noting(50);
    const began = performance.now();
    await relay.broadcast('a', [notice('one')]);
    expect(performance.now() - began).toBeGreaterThan(45);
    relay.applied('b', 1);
  });
});

describe('joinPeers', () => {
  /** A channel whose other end is the test. */
  function channelOf() {
    const sent: ToPrimary[] = [];
    let hear: (message: ToWorker) => void = () => undefined;
    const channel: Channel = { send: (message) => void sent.push(message), listen: (listener) => { hear = listener; } };
    return { channel, sent, hear: (message: ToWorker) => hear(message) };
  }

  it('resolves when the primary process has answered, and applies a change before it answers', async () => {
    const { channel, sent, hear } = channelOf();
    const joining = joinPeers(channel);
    expect(sent).toEqual([{ kind: 'join' }]);
    expect(await isOver(joining.then(() => undefined))).toBe(false);
    hear({ kind: 'joined' });
    const peers = await joining;
    peers.onTold((notices) => void sent.push({ kind: 'tell', id: 0, notices }));
    hear({ kind: 'told', id: 7, notices: [notice('one')] });
    expect(sent.slice(1)).toEqual([{ kind: 'tell', id: 0, notices: [notice('one')] }, { kind: 'applied', id: 7 }]);
  });

  it('tell, resolves when all have answered, or when the primary process is silent for too long', async () => {
    const { channel, sent, hear } = channelOf();
    const joining = joinPeers(channel, 100);
    hear({ kind: 'joined' });
    const peers = await joining;
    const [one, two] = [peers.tell([notice('one')]), peers.tell([notice('two')])];
    expect(sent.slice(1)).toMatchObject([{ kind: 'tell', id: 1 }, { kind: 'tell', id: 2 }]);
    hear({ kind: 'heard', id: 2 });
    await two;
    expect(await isOver(one)).toBe(false);
    await one;
  });
});
