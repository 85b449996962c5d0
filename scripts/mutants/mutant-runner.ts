import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { startTestMongo } from '../local-mongo.ts';
import type { LocalMongo } from '../../src/cli/local-mongo/local-mongo.ts';
import type { RecordedTimes } from '../test-run/lanes.ts';
import { project } from '../test-run/project.ts';
import { createTestChoice } from './choose-tests.ts';
import type { ChosenTest } from './choose-tests.ts';
import type { ImportGraph } from './import-graph.ts';
import type { StoredMutant } from './mutant-hooks.ts';
import { startMutantProcess } from './mutant-process.ts';
import type { FileEnd, MutantProcess } from './mutant-process.ts';

/** What became of a mutant. */
export interface MutantEnd {
  /** The test that failed; null where none did. */
  readonly red: { readonly testFile: string; readonly test: string } | null;
  /** Files that ran. */
  readonly files: number;
  /** In ms. */
  readonly took: number;
}

export interface MutantRunnerDeps {
  readonly graph: ImportGraph;
  /** How long test files took, as test/times.json has it. */
  readonly recorded: RecordedTimes;
  /** Of the compiled source: see compileProject. */
  readonly loader: string;
  /** For the mutants; it exists. */
  readonly folder: string;
  /** Processor time that the tests of one mutant may take, in ms. */
  readonly budget: number;
}

export interface MutantRunner {
  /** Runs the tests that can notice this text of the file, until one fails or the budget is spent. */
  run(mutant: { readonly file: string; readonly text: string }): Promise<MutantEnd>;
  /** Test files that fail on the unchanged source: they prove nothing. */
  failing(): readonly string[];
  close(): Promise<void>;
}

/** A process keeps what it has loaded for each mutant: after this many it is replaced. */
const mutantsOfProcess = 40;
/** A database server that has served many tests is slower than a new one. */
const mutantsOfServer = 120;
/** How long a file may take on a mutant: this many times as long as on the unchanged source, and at least so long, in ms. */
const [patience, shortest] = [8, 20_000];
/** How long a file may take whose time is not known yet, in ms. */
const unknownLimit = 120_000;

/** Creates what tests mutants. It starts the processes and the database server that it needs. */
export function createMutantRunner({ graph, recorded, loader, folder, budget }: MutantRunnerDeps): MutantRunner {
  const testsOf = createTestChoice(graph, recorded);
  /** What each file took when it last passed. */
  const times = new Map<string, Pick<FileEnd, 'took' | 'cost'>>();
  const passing = new Map<string, boolean>();
  /** How many mutants each test file has found, by source file. */
  const found = new Map<string, Map<string, number>>();
  let [stored, served] = [0, 0];
  let worker: { readonly process: MutantProcess; readonly since: number } | undefined;
  let mongo: LocalMongo | undefined;

  async function store({ file, text }: { readonly file: string; readonly text: string }, reach: readonly string[]): Promise<number> {
    stored += 1;
    const { code } = await transform(text, { loader: 'ts', format: 'esm', platform: 'node', target: 'node20', keepNames: true });
    await writeFile(join(folder, `${stored}.json`), JSON.stringify({ file, code, reach } satisfies StoredMutant));
    return stored;
  }

  async function runFile(number: number, { file, needsDatabase }: ChosenTest, limit: number): Promise<FileEnd> {
    if (worker && (!worker.process.isUsable() || number - worker.since >= mutantsOfProcess)) {
      await worker.process.end();
      worker = undefined;
    }
    worker ??= { process: startMutantProcess(loader), since: number };
    const mutants = pathToFileURL(`${folder}/`).href;
    return await worker.process.run(
      { mutants, number, path: join(project, file), uri: needsDatabase ? await databaseUri() : undefined }, limit,
    );
  }

  async function databaseUri(): Promise<string> {
    mongo ??= await startTestMongo(process.env);
    return mongo.uri;
  }

  async function renewServer(): Promise<void> {
    if (served < mutantsOfServer) return;
    served = 0;
    await mongo?.stop();
    mongo = undefined;
  }

  /** Whether a file passes on the unchanged source; it is run once for that. */
  async function passesUnchanged(test: ChosenTest): Promise<boolean> {
    const known = passing.get(test.file);
    if (known !== undefined) return known;
    const number = await store({ file: '', text: '' }, [test.file]);
    const { red, ...time } = await runFile(number, test, unknownLimit);
    passing.set(test.file, red === null);
    times.set(test.file, time);
    return red === null;
  }

  function limitOf(file: string): number {
    const time = times.get(file);
    return time === undefined ? unknownLimit : Math.max(shortest, patience * time.took);
  }

  return {
    failing: () => [...passing].filter(([, isPassing]) => !isPassing).map(([file]) => file),

    async run({ file, text }) {
      const began = performance.now();
      await renewServer();
      served += 1;
      const reach = [...graph.reach(file).keys()];
      const number = await store({ file, text }, reach);
      let [left, files] = [budget, 0];
      for (const test of mostSuccessfulFirst(testsOf(file), found.get(file))) {
        if (left <= 0) break;
        if (passing.get(test.file) === false || (times.get(test.file)?.cost ?? 0) > left) continue;
        const { red, ...time } = await runFile(number, test, limitOf(test.file));
        left -= time.cost;
        files += 1;
        if (red === null) times.set(test.file, time);
        if (red === null || !await passesUnchanged(test)) continue;
        const counts = found.get(file) ?? new Map<string, number>();
        found.set(file, counts.set(test.file, (counts.get(test.file) ?? 0) + 1));
        return { red: { testFile: test.file, test: red }, files, took: performance.now() - began };
      }
      return { red: null, files, took: performance.now() - began };
    },

    async close() {
      await worker?.process.end();
      await mongo?.stop();
    },
  };
}

/** Sorts test files by how many mutants of a source file each has found. */
function mostSuccessfulFirst(tests: readonly ChosenTest[], counts: ReadonlyMap<string, number> = new Map()): ChosenTest[] {
  return [...tests].sort((one, two) => (counts.get(two.file) ?? 0) - (counts.get(one.file) ?? 0));
}
