import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { changeCount, createDatabase } from '../support/gatehouse/database.ts';
import { proof } from '../support/proof.ts';
import { askHolders, prepareHolders } from './holders.ts';
import { eventually } from '../support/eventually.ts';

// Two nodes in processes of their own. At one, what it reads of those who call is held back on its way from the database, while
// the other takes from them what they may.

const holderCount = 20;
/** How long the feed takes at most to tell a node, usually, in ms. In every second round what is held back arrives before it does. */
const untilTold = 150;

describe('a node that loads a caller while another node takes away a right of this caller', () => {
  it('requests from before the change are answered as read, and no later request is let in', async () => {
    const database = await createDatabase('fast', { name: 'held_loads' });
    const proxy = await startDatabaseProxy(database.uri);
    const nodes = await startNodes([database.uri, proxy.uri]);
    const changes = changeCount(database, 1_000);
    try {
      const [first = '', second = ''] = nodes.map(({ ready }) => ready.origin);
      const holders = await prepareHolders(first, holderCount);
      const questions = askHolders(second, holders.all);
      const held = { answers: 0, letIn: 0 };
      for (let round = 0; round < changes / holderCount; round += 1) {
        await questions.untilKnown(); // let in
        await holders.rename(`Round ${round}`);
        await sleep(untilTold);
        const [other, ...all] = holders.all;
        await other?.isLetIn(second); // after which the signing keys are not to be read for a second
        const reads = proxy.holdReads();
        const asked = Promise.all(all.map((holder) => holder.isLetIn(second)));
        asked.catch(() => undefined); // told below, where it is waited for
        await eventually(() => reads.count() >= all.length, { pause: 1 });
        await holders.turn(2 * round);
        if (round % 2 === 0) await sleep(untilTold);
        reads.release();
        await questions.untilKnown(); // refused
        held.answers += reads.count();
        held.letIn += (await asked).filter((letIn) => letIn === true).length;
        await holders.turn(2 * round + 1);
      }
      const { judged, unavailable, oldWithinBound, oldAfterBound } = questions.counts;
      console.log([
        `${changes} changes while the other node was reading whom they are about: ${held.answers} answers of the database held `
          + `back, ${held.letIn} of those who asked before were let in as it was read`,
        `${judged} requests after the change judged, ${unavailable} answered 503; by the state before within 2 s: `
          + `${oldWithinBound}, later: ${oldAfterBound}`,
      ].join('; '));
      expect(oldAfterBound).toBe(0);
      expect(held.letIn).toBeGreaterThan(changes / 4);
    } finally {
      await stopNodes(nodes);
      await proxy.end();
      await database.drop();
    }
  }, proof({ short: 300_000, ci: 600_000, full: 1_800_000 }));
});
