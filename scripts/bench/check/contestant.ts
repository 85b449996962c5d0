import type { LoadRequest } from '../load.ts';
import type { Question, Shape } from './model.ts';

export const contestantNames = ['gatehouse', 'opa', 'openfga'] as const;
export type ContestantName = (typeof contestantNames)[number];

/** A server that knows the model. */
export interface Contestant {
  readonly name: ContestantName;
  /** The request that puts these questions. */
  ask(shape: Shape, questions: readonly Question[]): LoadRequest;
  /** The answers in the order of the questions, from the body of the response. */
  read(body: unknown, shape: Shape): readonly unknown[];
  stop(): Promise<void>;
}

/** A request with a body of JSON. */
export function jsonRequest(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): LoadRequest {
  return { method: 'POST', url, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
