import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formOf } from './form.ts';
import { planLanes, shuffled } from './lanes.ts';
import type { RecordedTimes } from './lanes.ts';
import { timesFile } from './record-times.ts';
import { createRunState } from './run-state.ts';
import { startTestWorker } from './test-worker.ts';
import type { TestWorker } from './test-worker.ts';

/** The parts of jest's types that a runner gets. */
interface Test {
  readonly path: string;
  readonly context: { readonly config: { readonly rootDir: string } };
}

interface GlobalConfig {
  readonly maxWorkers: number;
  readonly rootDir: string;
}

type OnStart = (test: Test) => Promise<void>;
type OnResult = (test: Test, result: unknown) => Promise<void>;
type OnFailure = (test: Test, error: { readonly message: string; readonly stack: string }) => Promise<void>;

/** The longer forms also measure time beside other tests, for which a fourth process would be one too many. */
const waiting = formOf(process.env) === 'short' ? 2 : 1;

/**
 * Jest's runner (jest calls it with `new`): two lanes of processes, each of which runs test files one after the other.
 *
 * jest-light-runner runs each file. Its own pool has no lanes, no time limits, and cannot end a worker that hangs. A worker
 * whose lane is empty takes files of the other lane. TEST_STATE names the file that says what is running. TEST_SHUFFLE is
 * the number of a random order; without it the longest file comes first.
 */
export function createLaneRunner(globalConfig: GlobalConfig) {
  const { TEST_STATE, TEST_SHUFFLE } = process.env;
  const state = createRunState(TEST_STATE);

  async function runTests(
    tests: readonly Test[], _watcher: unknown, onStart: OnStart, onResult: OnResult, onFailure: OnFailure,
  ): Promise<void> {
    const byFile = new Map(tests.map((test) => [relative(globalConfig.rootDir, test.path), test]));
    const order = TEST_SHUFFLE === undefined ? undefined : (files: readonly string[]) => shuffled(files, Number(TEST_SHUFFLE));
    const lanes = planLanes({
      files: [...byFile.keys()], times: readTimes(globalConfig.rootDir),
      workers: { compute: globalConfig.maxWorkers, wait: waiting }, order,
    });
    const queues = lanes.map(({ files }) => [...files]);
    const takeFor = (lane: number): string | undefined => queues[lane]?.shift() ?? queues.find((queue) => queue.length > 0)?.shift();

    async function runWorker(lane: number): Promise<void> {
      let worker: TestWorker | undefined;
      for (let file = takeFor(lane); file !== undefined; file = takeFor(lane)) {
        const test = byFile.get(file);
        if (!test) continue;
        if (worker?.isUsable() !== true) worker = startTestWorker();
        await runTest(worker, file, test);
      }
      await worker?.end();
    }

    async function runTest(worker: TestWorker, file: string, test: Test): Promise<void> {
      const { pid } = worker;
      const began = performance.now();
      state.begin({ pid, file, since: Date.now() });
      await onStart(test);
      try {
        const workerData = { globalConfig, projectConfig: test.context.config, runtime: 'child_process' };
        const { result, time } = await worker.run({ path: test.path, workerData }, (step) => {
          state.begin({ pid, file, since: Date.now(), ...(step && { test: step.name }) });
        });
        state.end(pid, { file, wall: (performance.now() - began) / 1e3, ...time });
        await onResult(test, result);
      } catch (error) {
        state.end(pid);
        const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
        await onFailure(test, { message, stack });
      }
    }

    await Promise.all(lanes.flatMap(({ workers }, lane) => Array.from({ length: workers }, () => runWorker(lane))));
    state.close();
  }

  return { runTests };
}

function readTimes(root: string): RecordedTimes {
  try {
    return JSON.parse(readFileSync(join(root, timesFile), 'utf8')) as RecordedTimes; // only this project writes it
  } catch {
    return {};
  }
}
