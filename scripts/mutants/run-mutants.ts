import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compileProject } from '../test-run/compile.ts';
import type { RecordedTimes } from '../test-run/lanes.ts';
import { project } from '../test-run/project.ts';
import { timesFile } from '../test-run/record-times.ts';
import { createTypeCheck } from './check-types.ts';
import { drawMutants } from './draw.ts';
import { equals, readEqualMutants } from './equal-mutants.ts';
import { readImportGraph } from './import-graph.ts';
import { listMutants } from './list-mutants.ts';
import { openMutantRecord } from './mutant-record.ts';
import type { MutantRecord } from './mutant-record.ts';
import { createMutantRunner } from './mutant-runner.ts';
import type { MutantRunner } from './mutant-runner.ts';
import type { Mutant } from './mutation.types.ts';
import type { MutantOptions } from './options.ts';
import { describeMutant } from './report.ts';
import type { TestedMutant } from './report.ts';

/** What a run found. */
export interface MutantRun {
  readonly tested: readonly TestedMutant[];
  /** Test files that fail without any change, and were left out. */
  readonly failing: readonly string[];
}

/** After how many mutants a line says how far the run is. */
const progressEvery = 25;

/** The kills of all runs, so that a run need not test them again. */
const recordFile = 'test/mutants.json';

/**
 * Draws mutants and tests them until as many as wanted were viable, or none is left. Prints each survivor when it is found.
 *
 * A mutant that an earlier run found is not tested again while its file and the test file are the same.
 */
export async function runMutants({ folders, seed, count, budget }: MutantOptions, signal: AbortSignal): Promise<MutantRun> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-mutants-'));
  const loader = await compileProject(join(folder, 'compiled'));
  const recorded = JSON.parse(await readFile(join(project, timesFile), 'utf8')) as RecordedTimes; // written by this project alone
  const runner = createMutantRunner({ graph: await readImportGraph(project), recorded, loader, folder, budget });
  const test = createMutantTest(runner, await openMutantRecord(project, recordFile));
  const tested: TestedMutant[] = [];
  try {
    for (const mutant of drawMutants(await listMutants(project, folders), seed)) {
      if (signal.aborted || tested.filter(({ outcome }) => outcome.kind !== 'refused').length >= count) break;
      const began = performance.now();
      const outcome = await test(mutant);
      tested.push({ mutant, outcome, took: performance.now() - began });
      if (outcome.kind === 'survived') console.log(`Survived: ${describeMutant(mutant)}`);
      if (tested.length % progressEvery === 0) console.log(
        `${tested.length} drawn, ${tested.filter((each) => each.outcome.kind === 'killed').length} killed`,
      );
    }
    return { tested, failing: runner.failing() };
  } finally {
    await runner.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function createMutantTest(runner: MutantRunner, record: MutantRecord): (mutant: Mutant) => Promise<TestedMutant['outcome']> {
  const isViable = createTypeCheck(project);
  const known = readEqualMutants();
  return async (mutant) => {
    const equal = known.find((each) => equals(each, mutant));
    if (equal) return { kind: 'equal', known: equal };
    const killed = await record.find(mutant);
    if (killed) return { kind: 'killed', ...killed };
    if (!isViable(mutant)) return { kind: 'refused' };
    const { red } = await runner.run(mutant);
    if (!red) return { kind: 'survived' };
    await record.add(mutant, red);
    return { kind: 'killed', ...red };
  };
}

/** Writes down what became of each mutant, for a closer look. */
export async function writeMutants(path: string, tested: readonly TestedMutant[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const lines = tested.map(
    ({ mutant: { text: _text, ...mutant }, outcome, took }) => JSON.stringify({ ...mutant, ...outcome, took: Math.round(took) }),
  );
  await writeFile(path, `${lines.join('\n')}\n`);
}
