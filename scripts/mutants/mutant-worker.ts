import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { project } from '../test-run/project.ts';
import type { MutantHooksData } from './mutant-hooks.ts';
import { stopAtFirstRed } from './stop-at-first-red.ts';

// A process that tests mutants: it is sent an order for each test file, answers with what became of it, and ends with its channel.

export interface MutantOrder {
  /** The folder of mutants, as a URL that ends with "/". */
  readonly mutants: string;
  readonly number: number;
  readonly path: string;
  /** Of the database server, where the file needs one. */
  readonly uri: string | undefined;
}

/** `red`: the first test that failed; null where all passed. */
export interface MutantNews {
  readonly red: string | null;
  /** Processor time of this process, in ms. */
  readonly cost: number;
}

/** The parts of jest-light-runner that run one file; its package exports only its own pool. */
interface FileRunner {
  default(path: string): Promise<{ readonly testResults: readonly { readonly status: string; readonly fullName: string }[] }>;
  setWorkerData(data: unknown): void;
}

const current = new SharedArrayBuffer(4);
let hooksAreSet = false;

const library = createRequire(import.meta.url).resolve('jest-light-runner');
const { default: runFile, setWorkerData } = await import(pathToFileURL(library.replace('index.js', 'worker-runner.js')).href) as FileRunner;
// What that library reads of jest's configuration; there are no snapshots.
const projectConfig = {
  setupFiles: [], setupFilesAfterEnv: [], snapshotSerializers: [], snapshotFormat: {}, slowTestThreshold: 5, transform: [],
  transformIgnorePatterns: [], moduleFileExtensions: ['ts'], rootDir: project,
};
setWorkerData({
  globalConfig: { testNamePattern: null, updateSnapshot: 'none', expand: false, rootDir: project }, projectConfig, runtime: 'child_process',
});
const reds = stopAtFirstRed();
process.once('disconnect', () => process.exit());
process.on('message', (order: MutantOrder) => void run(order));

async function run({ mutants, number, path, uri }: MutantOrder): Promise<void> {
  if (!hooksAreSet) {
    const data: MutantHooksData = { project: pathToFileURL(`${project}/`).href, mutants, current };
    register('./mutant-hooks.ts', { parentURL: import.meta.url, data });
    hooksAreSet = true;
  }
  Atomics.store(new Int32Array(current), 0, number);
  if (uri !== undefined) process.env['TEST_MONGODB_URI'] = uri;
  reds.clear();
  const before = process.cpuUsage();
  let red: string | null;
  try {
    const { testResults } = await runFile(path);
    red = testResults.find(({ status }) => status === 'failed')?.fullName ?? null;
  } catch (error) {
    red = `(loading) ${error instanceof Error ? error.message : String(error)}`;
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ red: reds.first() ?? red, cost: (user + system) / 1e3 } satisfies MutantNews);
}
