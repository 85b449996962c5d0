import { startNodes, stopNodes } from '../../scripts/bench/revocation/nodes.ts';
import { measureRevocation } from '../../scripts/bench/revocation/run.ts';
import { createDatabase } from '../support/gatehouse/database.ts';

// A few changes, beside other tests: how soon others learn of them is measured in test/alone/revocation.test.ts, where nothing runs beside
// it.

describe('a change that was acknowledged, on 2 nodes', () => {
  it('counts at once where it was made, and never later than 2 s elsewhere', async () => {
    const database = await createDatabase('shared', { name: 'revocation' });
    const nodes = await startNodes([database.uri, database.uri]);
    try {
      const figures = await measureRevocation({ origins: nodes.map(({ ready }) => ready.origin), changes: 40 });
      expect(figures).toMatchObject({ changes: 40, oldAtOwnNode: 0, oldAfterBound: 0 });
      expect(figures.judged).toBeGreaterThan(40);
    } finally {
      await stopNodes(nodes);
      await database.drop();
    }
  }, 120_000);
});
