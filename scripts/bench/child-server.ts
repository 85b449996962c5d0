import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, with what it told once it served. */
export interface ChildServer<T> {
  readonly ready: T;
  /** Ends it and removes its database. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL, so that it can do nothing more; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a server file, which ends with `serveUntilLetGo`, with this process's options of Node; rejects if it ends instead. */
export async function startChildServer<T>(name: string, file: URL, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<ChildServer<T>> {
  const child = fork(fileURLToPath(file), [...args], { env: { ...process.env, ...env }, stdio: ['ignore', 2, 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as T), // serveUntilLetGo sends nothing else
    ended.then(([code]) => { throw new Error(`The server "${name}" ended with ${String(code)} instead of serving.`); }),
  ]);
  return {
    ready,
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
