import type { SocketAddress } from 'node:net';
import type { Meter } from '../meter.ts';
import type { Comparable, Scalar } from '../resources/stored-value.ts';

/** The facts that a decision may use. A condition on an absent fact is `missing`. */
export interface DecisionContext {
  /** ms since 1970 */
  readonly now: number;
  readonly tenantId?: string;
  readonly ip?: string | null;
  /** From Gatehouse's own store, never from the request. */
  readonly subject?: Attributes;
  /** From the code of the application, or from the service that asks. */
  readonly resource?: Attributes;
  /** Counts the comparisons. It does not influence the decision. */
  readonly meter?: Meter | undefined;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** `missing`: the context does not have the fact. An allow then does not apply, and a deny does. */
export type Truth = 'yes' | 'no' | 'missing';

/** Tells whether a condition holds. */
export type ConditionTest = (context: DecisionContext, cache: ContextCache) => Truth;

/** Values that conditions have read during one decision, so that a thousand conditions read each value once. */
export interface ContextCache {
  /** By path. */
  fields?: Map<string, Values>;
  clocks?: Map<Intl.DateTimeFormat, WallClock>;
  /** null: there is no address, or it cannot be parsed. */
  address?: SocketAddress | null;
}

/** The values of one attribute, with what makes comparing many of them fast. */
export interface Values {
  readonly all: readonly Comparable[];
  /** Whether none of them is missing or of a type that cannot be compared. */
  readonly isWhole: boolean;
  /** The values that have an order. Absent if all of them have. */
  readonly inOrder?: readonly Comparable[];
  /** All of them as a set, created when it is first needed. */
  set?: ReadonlySet<Comparable>;
  /** The least and the greatest of each type, computed when they are first needed. */
  ends?: ReadonlyMap<string, Ends>;
}

export interface Ends {
  least: Scalar;
  greatest: Scalar;
  /** Whether JavaScript and MongoDB sort all of them in the same order. */
  isPlain: boolean;
}

/** Local time in a zone. */
export interface WallClock {
  readonly day: number;
  /** Minutes since midnight, 0 to 1,439. */
  readonly minute: number;
}
