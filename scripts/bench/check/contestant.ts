import type { LoadRequest } from '../requests.ts';
import type { Question, Shape } from './model.ts';

export type ContestantName = 'gatehouse' | 'opa' | 'openfga';

/** A server that knows the model. */
export interface Contestant {
  readonly name: ContestantName;
  /** The request that puts these questions. */
  ask(shape: Shape, questions: readonly Question[]): LoadRequest;
  /** The answers in the order of the questions, from the body of the response. */
  read(body: unknown, shape: Shape): readonly unknown[];
  stop(): Promise<void>;
}
