import { startChildServer } from '../child-server.ts';

/** What is compared, in the order in which they take turns. */
export const contestants = ['bare', 'headers', 'naive', 'gatehouse'] as const;
export type ContestantName = (typeof contestants)[number];

/** A server in a process of its own. */
export interface Contestant {
  readonly name: ContestantName;
  readonly origin: string;
  /** Access tokens that may reach the route, each of another session. */
  readonly tokens: readonly string[];
  /** Ends it and removes its database. */
  stop(): Promise<void>;
}

/** What a contestant tells once it serves. */
export interface Ready {
  readonly origin: string;
  readonly tokens: readonly string[];
}

export interface ContestantSize {
  readonly rights: number;
  /** Of Gatehouse alone. */
  readonly sessions: number;
  /** Of bare Express and Gatehouse. */
  readonly workers: number;
}

/** Starts a server on a database of its own; rejects if it ends instead. */
export async function startContestant(name: ContestantName, mongodbUri: string, size: ContestantSize): Promise<Contestant> {
  const args = [mongodbUri, ...[size.rights, size.sessions, size.workers].map(String)];
  const { ready, stop } = await startChildServer<Ready>(name, new URL(`./${name}.server.ts`, import.meta.url), args);
  return { name, ...ready, stop };
}
