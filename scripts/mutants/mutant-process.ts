import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MutantNews, MutantOrder } from './mutant-worker.ts';

/** How a test file ended: `red` names what failed first, and is null where nothing did. */
export interface FileEnd {
  readonly red: string | null;
  /** In ms. */
  readonly took: number;
  /** Processor time, in ms. */
  readonly cost: number;
}

/** A process that runs test files on mutants, one after the other. */
export interface MutantProcess {
  /** Runs a file. One that takes longer than `limit` ms, or ends the process, is red. */
  run(order: MutantOrder, limit: number): Promise<FileEnd>;
  /** False once a file has ended the process. */
  isUsable(): boolean;
  end(): Promise<void>;
}

/** Starts a process on the compiled source; it ends with this one. */
export function startMutantProcess(loader: string): MutantProcess {
  const program = fileURLToPath(new URL('./mutant-worker.ts', import.meta.url));
  const env = { ...process.env, MONGODB_URI: undefined, TEST_LOADER: loader, TEST_FORM: 'short' };
  const child = fork(program, [], { execArgv: ['--import', loader], env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  let isUsable = true;

  async function end(): Promise<void> {
    isUsable = false;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await exited;
  }

  return {
    end,
    isUsable: () => isUsable,
    run: (order, limit) => new Promise((resolve) => {
      const began = performance.now();
      const settle = ({ red, cost = 0 }: Partial<MutantNews>, isOver: boolean): void => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit);
        if (isOver) isUsable = false;
        if (isOver) child.kill('SIGKILL');
        resolve({ red: red ?? null, cost, took: performance.now() - began });
      };
      const onMessage = (news: MutantNews): void => settle(news, false);
      const onExit = (): void => settle({ red: '(the process ended)' }, true);
      const timer = setTimeout(() => settle({ red: `(no end within ${Math.round(limit)} ms)` }, true), limit);
      child.on('message', onMessage).on('exit', onExit);
      child.send(order);
    }),
  };
}
