import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { closeAfterTests } from './closing.ts';
import { processorTime, timeSince } from './processor-time.ts';
import type { ProcessorTime } from './processor-time.ts';
import { limitTests } from './time-limits.ts';
import type { Step } from './time-limits.ts';

// A process that runs test files, one after the other: it gets an Order for each, sends News, and ends with its channel.

export interface Order {
  readonly path: string;
  /** The part of jest's configuration that jest-light-runner's worker needs. */
  readonly workerData: unknown;
}

export type News =
  | { readonly step: Step | null }
  | { readonly result: unknown; readonly time: ProcessorTime }
  | { readonly error: string };

/** The part of jest-light-runner that runs one file. Its package exports only its own pool, which has no lanes and no limits. */
interface FileRunner {
  default(path: string): Promise<unknown>;
  setWorkerData(data: unknown): void;
}

const library = createRequire(import.meta.url).resolve('jest-light-runner');
const { default: runFile, setWorkerData } = await import(pathToFileURL(library.replace('index.js', 'worker-runner.js')).href) as FileRunner;

const tell = (news: News): void => void process.send?.(news);
limitTests((step) => tell({ step: step ?? null }));
closeAfterTests();
// A worker ends with its run, even if a failed test left something open: it would hold the run's output open.
process.once('disconnect', () => process.exit());

process.on('message', (order: Order) => void run(order));

async function run({ path, workerData }: Order): Promise<void> {
  setWorkerData(workerData);
  const before = processorTime();
  try {
    const result = await runFile(path);
    tell({ result, time: timeSince(before) });
  } catch (error) {
    tell({ error: error instanceof Error ? error.stack ?? error.message : String(error) });
  }
}
