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
  /** Rejects, with the name of the test, when the file cannot be loaded, hangs, or ends the process. No order is taken after that. */
  run(order: Order, onStep: (step: Step | undefined) => void): Promise<FileResult>;
  /** False once a file has ended the process. */
  isUsable(): boolean;
  end(): Promise<void>;
}

/** What a worker does between tests. Limits are in ms. */
const loading: Step = { name: 'loading the file', limit: 120_000 };
/** How long a test may go on after its limit: its own timer ends it before, unless it blocks the event loop. */
const grace = 5_000;
/** How long a worker may take to end. */
const endLimit = 10_000;

/** Starts a worker; it ends with this process, unless its event loop is blocked. */
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
        timer = setTimeout(() => fail(`"${name}" hung: it did not end within ${most} ms (its limit is ${limit} ms), and its process was ended.`), most);
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
