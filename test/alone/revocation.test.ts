import { randomBytes } from 'node:crypto';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { measureRevocation } from '../../scripts/bench/revocation/run.ts';
import type { RevocationFigures } from '../../scripts/bench/revocation/run.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { changeCount, createDatabase } from '../support/gatehouse/database.ts';

// Nodes in processes of their own. Rights are taken and given, sessions ended and users disabled at one of them, while all are asked.

function report(
  what: string, { nodes, changes, judged, unavailable, p50, p99, longest, oldAtOwnNode, oldAfterBound }: RevocationFigures,
): void {
  console.log([
    `${nodes} nodes, ${what}: ${changes} changes, ${judged} requests judged, ${unavailable} answered 503`,
    `last decision by the state before, at other nodes: p50 ${p50} ms, p99 ${p99} ms, longest ${longest} ms`,
    `by the state before at the node that acknowledged: ${oldAtOwnNode}; later than 2 s: ${oldAfterBound}`,
  ].join('; '));
}

describe('a change that was acknowledged', () => {
  it.each(
    [[2, 1_000], [4, 1_000]],
  )('on %i nodes, counts at once where it was made, within 100 ms elsewhere, and never later than 2 s', async (count, changes) => {
    const database = await createDatabase('fast', { name: 'revocation' });
    const nodes = await startNodes(Array.from({ length: count }, () => database.uri));
    try {
      const figures = await measureRevocation({ origins: nodes.map(({ ready }) => ready.origin), changes: changeCount(database, changes) });
      report('on the database alone', figures);
      expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0, unavailable: 0 });
      expect(figures.p99).toBeLessThanOrEqual(100);
    } finally {
      await stopNodes(nodes);
      await database.drop();
    }
  }, 1_200_000);

  it('while the feed of the other node is 10 s late, is read there from the store on each request', async () => {
    const database = await createDatabase('fast', { name: 'late_feed' });
    const proxy = await startDatabaseProxy(database.uri);
    const nodes = await startNodes([database.uri, proxy.uri]);
    try {
      proxy.delayFeed(10_000);
      const figures = await measureRevocation({ origins: nodes.map(({ ready }) => ready.origin), changes: changeCount(database, 1_000) });
      report('the feed of one 10 s late', figures);
      expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0 });
    } finally {
      await stopNodes(nodes);
      await proxy.end();
      await database.drop();
    }
  }, 1_200_000);

  it('of a node whose way to the database is reset again and again, is never missed', async () => {
    const database = await createDatabase('fast', { name: 'reset_feed' });
    const proxy = await startDatabaseProxy(database.uri);
    const nodes = await startNodes([database.uri, proxy.uri]);
    const resets = setInterval(proxy.reset, 700 + (randomBytes(1)[0] ?? 0));
    try {
      const figures = await measureRevocation({ origins: nodes.map(({ ready }) => ready.origin), changes: changeCount(database, 1_000) });
      report('the connections of one reset about each second', figures);
      expect(figures).toMatchObject({ oldAtOwnNode: 0, oldAfterBound: 0 });
    } finally {
      clearInterval(resets);
      await stopNodes(nodes);
      await proxy.end();
      await database.drop();
    }
  }, 1_200_000);
});
