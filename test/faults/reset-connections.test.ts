import { setTimeout as sleep } from 'node:timers/promises';
import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { gatedUrl, prepareStory } from '../../scripts/bench/revocation/story.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';
import { createDatabase } from '../support/gatehouse/database.ts';

/** In ms. */
const duration = 30_000;

describe('a node whose connections to the database are reset several times a second, while rights change', () => {
  it('answers every request of 4 callers, each within 5 s, and none with 500', async () => {
    const database = await createDatabase('fast', { name: 'resets' });
    const proxy = await startDatabaseProxy(database.uri);
    const nodes = await startNodes([database.uri, proxy.uri]);
    const [origin, ofReset] = nodes.map(({ ready }) => ready.origin);
    const answers: Record<number, number> = {};
    let longest = 0;
    let resets = 0;
    let going = true;
    try {
      const story = await prepareStory(origin ?? '');
      let { token } = story;

      async function call(): Promise<void> {
        while (going) {
          const began = performance.now();
          const response = await fetch(`${ofReset}${gatedUrl}`, {
            headers: { Authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(20_000),
          });
          await response.text();
          answers[response.status] = (answers[response.status] ?? 0) + 1;
          longest = Math.max(longest, performance.now() - began);
          await sleep(2);
        }
      }
      async function change(): Promise<void> {
        for (let index = 0; going; index += 1) {
          const next = story.changes[index % story.changes.length];
          if (next) token = await next.make(token);
          await sleep(20);
        }
      }
      async function reset(): Promise<void> {
        for (; going; resets += 1) {
          await sleep(20 + Math.random() * 300);
          proxy.reset();
        }
      }

      const work = Promise.all([change(), reset(), ...Array.from({ length: 4 }, call)]);
      await Promise.race([sleep(duration), work]);
      going = false;
      await work;
      console.log(`${resets} resets; answers by status ${JSON.stringify(answers)}; the longest took ${Math.round(longest)} ms`);
      expect(Object.keys(answers).filter((status) => !['200', '401', '403', '503'].includes(status))).toEqual([]);
      expect(answers[200]).toBeGreaterThan(100);
      expect(longest).toBeLessThan(5_000);
    } finally {
      going = false;
      await stopNodes(nodes);
      await proxy.end();
      await database.drop();
    }
  }, 120_000);
});
