import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Usage } from '../serve.ts';

/** A server in a process of its own. */
export interface ChildServer<T> {
  /** What it sent when it was ready to serve. */
  readonly ready: T;
  /** The processor time of its process until now, in us. */
  usage(): Promise<number>;
  /** Ends it and removes its database. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL, so that it can do nothing more; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface ServerFile {
  /** For error messages. */
  readonly name: string;
  /** Its last statement calls `serveUntilLetGo`. */
  readonly file: URL;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The Node that runs it; this one by default. */
  readonly node?: string | undefined;
}

/** Starts a server file with this process's options of Node; rejects if it ends before it serves. */
export async function startChildServer<T>({ name, file, args, env, node = process.execPath }: ServerFile): Promise<ChildServer<T>> {
  const child = fork(
    fileURLToPath(file), [...args], { execPath: node, env: { ...process.env, ...env }, stdio: ['ignore', 2, 'inherit', 'ipc'] },
  );
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as T), // serveUntilLetGo sends nothing else
    ended.then(([code]) => { throw new Error(`The server "${name}" ended with ${String(code)} instead of serving.`); }),
  ]);
  return {
    ready,
    async usage() {
      child.send('usage');
      const [{ microseconds }] = await once(child, 'message') as [Usage]; // see serveUntilLetGo
      return microseconds;
    },
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
