import type { SocketAddress } from 'node:net';
import type { Values } from './attribute-values.ts';
import { compileAttribute, readComparison } from './condition.attribute.ts';
import type { AttributeCondition, Comparison } from './condition.attribute.ts';
import { compileIp } from './condition.ip.ts';
import { compileTime } from './condition.time.ts';
import type { TimeCondition, WallClock } from './condition.time.ts';
import type { Meter } from '../meter.ts';
import { selfAssertedIn } from './self-asserted.ts';

/** What must hold for a policy to count, as stored. */
export type Condition =
  | { readonly type: 'tenant'; readonly value: string }
  | TimeCondition
  | { readonly type: 'ip'; /** IPv4 or IPv6 in CIDR notation. */ readonly ranges: readonly string[] }
  | AttributeCondition;

/** What is known at the moment of a decision; what is absent is missing. */
export interface DecisionContext {
  /** ms since 1970 */
  readonly now: number;
  readonly tenantId?: string;
  readonly ip?: string | null;
  /** From Gatehouse's own store, never from the request. */
  readonly subject?: Attributes;
  /** From the application's code, or from the service that asks. */
  readonly resource?: Attributes;
  /** Told how much was compared; nothing is decided by it. */
  readonly meter?: Meter | undefined;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** `missing`: the context does not tell. An allow then does not count, and a deny does. */
export type Truth = 'yes' | 'no' | 'missing';

/** What conditions have read of the context in the course of one decision: a thousand of them read it once. */
export interface ContextCache {
  /** By path. */
  fields?: Map<string, Values>;
  clocks?: Map<Intl.DateTimeFormat, WallClock>;
  /** null: there is none, or it is spelled wrongly. */
  address?: SocketAddress | null;
}

/** Tells whether a condition holds. */
export type ConditionTest = (context: DecisionContext, cache: ContextCache) => Truth;

/** A condition made ready. */
export interface CompiledCondition {
  readonly condition: Condition;
  readonly test: ConditionTest;
  /** Of an attribute condition that can be read. */
  readonly comparison?: Comparison;
}

/** Makes a condition ready to be asked often. What this version does not know, what is spelled wrongly and what asks for what users write about themselves is always missing. */
export function compileCondition(condition: Condition): CompiledCondition {
  switch (condition.type) {
    case 'tenant': return { condition, test: ({ tenantId }) => (tenantId === undefined ? 'missing' : yesOrNo(tenantId === condition.value)) };
    case 'time': return { condition, test: compileTime(condition) };
    case 'ip': return { condition, test: compileIp(condition.ranges) };
    case 'attribute': {
      const comparison = selfAssertedIn(condition) === undefined ? readComparison(condition) : undefined;
      return comparison ? { condition, test: compileAttribute(comparison), comparison } : { condition, test: alwaysMissing };
    }
    // Of a kind that a newer node stored, nobody here can tell.
    default: return { condition, test: alwaysMissing };
  }
}

/** How much a condition counts towards what one question may meet: a list of values as one for each ten. */
export function weightOf(condition: Condition): number {
  const values = condition.type === 'attribute' && typeof condition.right === 'object' && Array.isArray(condition.right.value) ? condition.right.value.length : 1;
  return Math.max(1, Math.ceil(values / 10));
}

const alwaysMissing: ConditionTest = () => 'missing';

function yesOrNo(holds: boolean): Truth {
  return holds ? 'yes' : 'no';
}
