import { startChildServer } from '../child-server.ts';

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
  const { ready, stop } = await startChildServer<Ready>(name, new URL(`./${name}.server.ts`, import.meta.url), [mongodbUri, String(rights)]);
  return { name, ...ready, stop };
}
