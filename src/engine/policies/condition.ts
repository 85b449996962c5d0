import { compileAttribute, readComparison } from './condition.attribute.ts';
import type { AttributeCondition, Comparison } from './condition.attribute.ts';
import { compileIp } from './condition.ip.ts';
import { compileTime } from './condition.time.ts';
import type { TimeCondition } from './condition.time.ts';
import type { ConditionTest, Truth } from './decision-context.types.ts';
import { selfAssertedIn } from './self-asserted.ts';

/** A stored condition: what must hold for a policy to apply. */
export type Condition =
  | { readonly type: 'tenant'; readonly value: string }
  | TimeCondition
  | { readonly type: 'ip'; /** IPv4 or IPv6 in CIDR notation. */ readonly ranges: readonly string[] }
  | AttributeCondition;

/** A condition compiled for fast decisions. */
export interface CompiledCondition {
  readonly condition: Condition;
  readonly test: ConditionTest;
  /** Present if it is an attribute condition that can be parsed. */
  readonly comparison?: Comparison;
}

/**
 * Compiles a condition.
 *
 * It is always `missing` if this version does not know its type, if it cannot be parsed, or if it reads an attribute that users
 * write themselves.
 */
export function compileCondition(condition: Condition): CompiledCondition {
  switch (condition.type) {
    case 'tenant': {
      const isIn = (tenantId: string) => yesOrNo(tenantId === condition.value);
      return { condition, test: ({ tenantId }) => (tenantId === undefined ? 'missing' : isIn(tenantId)) };
    }
    case 'time': return { condition, test: compileTime(condition) };
    case 'ip': return { condition, test: compileIp(condition.ranges) };
    case 'attribute': {
      const comparison = selfAssertedIn(condition) === undefined ? readComparison(condition) : undefined;
      return comparison ? { condition, test: compileAttribute(comparison), comparison } : { condition, test: alwaysMissing };
    }
    // A newer node may have stored a type that this one does not know.
    default: return { condition, test: alwaysMissing };
  }
}

/** The weight of a condition in the limit of one decision: 1, or 1 for each ten values of a list. */
export function weightOf(condition: Condition): number {
  const list = condition.type === 'attribute' && typeof condition.right === 'object' ? condition.right.value : undefined;
  const values = Array.isArray(list) ? list.length : 1;
  return Math.max(1, Math.ceil(values / 10));
}

const alwaysMissing: ConditionTest = () => 'missing';

function yesOrNo(holds: boolean): Truth {
  return holds ? 'yes' : 'no';
}
