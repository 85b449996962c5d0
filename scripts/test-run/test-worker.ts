import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProcessorTime } from './processor-time.ts';
import type { Step } from './time-limits.ts';
import type { News, Order } from './worker.ts';

export interface FileResult {
  readonly result: unknown;
  readonly time: ProcessorTime;
}

/** A process that runs test files. */
export interface TestWorker {
  readonly pid: number;
  /** Rejects, with the name of the test, if the file cannot be loaded, hangs, or ends the process; the worker takes no order after that. */
  run(order: Order, onStep: (step: Step | undefined) => void): Promise<FileResult>;
  /** False once a file has ended the process. */
  isUsable(): boolean;
  end(): Promise<void>;
}

/** The step of a worker between tests; its limit is in ms. */
const loading: Step = { name: 'loading the file', limit: 120_000 };
/** How long a test may run after its limit, in ms: its own timer fails it before, unless it blocks the event loop. */
const grace = 5_000;
/** How long a worker may take to end, in ms. */
const endLimit = 10_000;

/** Starts a worker. It ends with this process, unless its event loop is blocked. */
export function startTestWorker(): TestWorker {
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], { serialization: 'advanced' });
  const exited = once(child, 'exit');
  let isUsable = true;
  const pid = child.pid ?? 0;

  async function end(): Promise<void> {
    isUsable = false;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const killer = setTimeout(() => child.kill('SIGKILL'), endLimit);
    if (child.connected) child.disconnect();
    await exited;
    clearTimeout(killer);
  }

  return {
    pid,
    isUsable: () => isUsable,
    end,
    run: (order, onStep) => new Promise((resolve, reject) => {
      let step: Step = loading;
      let timer: NodeJS.Timeout;
      const settle = (work: () => void): void => {
        clearTimeout(timer);
        child.off('message', listen).off('exit', onExit);
        work();
      };
      const fail = (message: string): void => {
        isUsable = false;
        child.kill('SIGKILL');
        settle(() => reject(new Error(message)));
      };
      const onExit = (code: number | null, signal: NodeJS.Signals | null): void => (
        fail(`The process of this file ended with ${String(code ?? signal)}: ${step.name}.`)
      );
      const watch = (next: Step | undefined): void => {
        clearTimeout(timer);
        step = next ?? loading;
        const [{ name, limit }, most] = [step, step.limit + grace];
        const message = `"${name}" hung: it did not end within ${most} ms (its limit is ${limit} ms), and its process was ended.`;
        timer = setTimeout(() => fail(message), most);
      };
      const listen = (news: News): void => {
        if ('step' in news) {
          watch(news.step ?? undefined);
          onStep(news.step ?? undefined);
        } else if ('error' in news) settle(() => reject(new Error(news.error)));
        else settle(() => resolve(news));
      };
      child.on('message', listen).on('exit', onExit);
      watch(undefined);
      child.send(order);
    }),
  };
}
