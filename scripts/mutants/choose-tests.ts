import { usesKeycloak } from '../test-run/choose-files.ts';
import type { RecordedTimes } from '../test-run/lanes.ts';
import type { ImportGraph } from './import-graph.ts';

/** Tests of these start processes, which load the unchanged source, or measure time. */
const leftOut = /^test\/(alone|asvs|bench|examples|faults|process|readme|scripts|settings|support)\//;

/** The database server of a run is reached through this file. */
const databaseFile = 'test/support/gatehouse/database.ts';

export interface ChosenTest {
  readonly file: string;
  readonly needsDatabase: boolean;
}

/**
 * Creates the choice of the test files that can notice a change of a source file.
 *
 * First come those that import it themselves, then those of the folder that mirrors its own, then the other ones that
 * load it, the fewest imports away first. Of two at the same distance, the one that took less time comes first.
 */
export function createTestChoice(graph: ImportGraph, times: RecordedTimes): (file: string) => ChosenTest[] {
  const ofDatabase = graph.reach(databaseFile);
  // Without the database their tests would fail on the unchanged source too, and would be left out.
  if (ofDatabase.size < 2) throw new Error(`No test reaches ${databaseFile}. Cure: name the file that connects tests to the database.`);
  return (file) => {
    const distances = graph.reach(file);
    const tests = [...distances].filter(([each]) => each.endsWith('.test.ts') && !leftOut.test(each) && !usesKeycloak(each));
    const rank = (test: string, distance: number): number[] => [
      distance === 1 ? 0 : 1, distance === 1 ? 0 : -sharedFolders(file, test), distance === 1 ? 0 : distance, times[test]?.own ?? 0,
    ];
    return tests.map(([test, distance]) => ({ test, rank: rank(test, distance) }))
      .sort((one, two) => compare(one.rank, two.rank) || (one.test < two.test ? -1 : 1))
      .map(({ test }) => ({ file: test, needsDatabase: ofDatabase.has(test) }));
  };
}

/** How many folders below src and test are the same. */
function sharedFolders(source: string, test: string): number {
  const [one, other] = [source.split('/').slice(1), test.split('/').slice(1)];
  const differs = one.findIndex((folder, index) => folder !== other[index]);
  return differs === -1 ? one.length : differs;
}

function compare(one: readonly number[], two: readonly number[]): number {
  return one.map((value, index) => value - (two[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
