import { compareServers } from './comparison/compare.ts';
import { events } from './comparison/events.scenario.ts';
import { features } from './comparison/features.scenario.ts';
import { prototypeScenarios } from './comparison/prototypes.scenario.ts';

// test/bench/comparison compares them behind common middlewares too, and on other versions of Node.
describe('createServer beside http.createServer', () => {
  it('every answer of Express apps, is equal byte for byte', async () => {
    const { answers, empty, differences } = await compareServers({ features, events, ...prototypeScenarios });
    expect(differences).toEqual([]);
    expect([answers, empty]).toEqual([100, 2]);
  });
});
