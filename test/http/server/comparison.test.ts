import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareServers } from './comparison/compare.ts';
import { events } from './comparison/events.scenario.ts';
import { features } from './comparison/features.scenario.ts';
import { prototypeScenarios } from './comparison/prototypes.scenario.ts';

describe('createServer beside http.createServer', () => {
  it('every answer of Express apps, is equal byte for byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-comparison-'));
    try {
      await writeFile(join(folder, 'a.txt'), 'some text');
      await writeFile(join(folder, 'index.html'), '<p>start</p>');
      for (const name of ['a.txt', 'index.html']) await utimes(join(folder, name), 1e9, 1e9);
      const { answers, empty, differences } = await compareServers({ features, events, ...prototypeScenarios }, folder);
      expect(differences).toEqual([]);
      expect(answers).toBeGreaterThan(90);
      expect(empty).toBeLessThan(3);
      console.log(`${answers} answers of two servers compared`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
