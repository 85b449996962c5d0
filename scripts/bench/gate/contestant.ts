import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What is compared, in the order in which they take turns. */
export const contestants = ['bare', 'naive', 'gatehouse'] as const;
export type ContestantName = (typeof contestants)[number];

/** A server in a process of its own. */
export interface Contestant {
  readonly name: ContestantName;
  readonly origin: string;
  /** An access token that may reach the route. */
  readonly token: string;
  /** Ends it and removes its database. */
  stop(): Promise<void>;
}

/** What a contestant tells once it serves. */
export interface Ready {
  readonly origin: string;
  readonly token: string;
}

/** Starts a server on a database of its own; rejects if it ends instead. */
export async function startContestant(name: ContestantName, mongodbUri: string, rights: number): Promise<Contestant> {
  const file = fileURLToPath(new URL(`./${name}.server.ts`, import.meta.url));
  const child = fork(file, [mongodbUri, String(rights)], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 2, 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const ready = await Promise.race([
    once(child, 'message').then(([message]) => message as Ready), // serveContestant sends nothing else
    ended.then(([code]) => { throw new Error(`The server "${name}" ended with ${String(code)} instead of serving.`); }),
  ]);
  return {
    name,
    ...ready,
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
