import { compileAttribute } from './condition.attribute.ts';
import type { AttributeCondition } from './condition.attribute.ts';
import { compileIp } from './condition.ip.ts';
import { compileTime } from './condition.time.ts';
import type { TimeCondition } from './condition.time.ts';

/** What must hold for a policy to count, as stored. */
export type Condition =
  | { readonly type: 'tenant'; readonly value: string }
  | TimeCondition
  | { readonly type: 'ip'; /** IPv4 or IPv6 in CIDR notation. */ readonly ranges: readonly string[] }
  | AttributeCondition;

/** What is known at the moment of a decision; what is absent is missing. */
export interface Facts {
  /** ms since 1970 */
  readonly now: number;
  readonly tenantId?: string;
  readonly ip?: string | null;
  /** From Gatehouse's own store, never from the request. */
  readonly subject?: Attributes;
  /** From the application's code, or from the service that asks. */
  readonly resource?: Attributes;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** `missing`: the facts do not tell. An allow then does not count, and a deny does. */
export type Truth = 'yes' | 'no' | 'missing';

/** A condition made ready: tells whether it holds. */
export type ConditionTest = (facts: Facts) => Truth;

/** Makes a condition ready to be asked often. What this version does not know, or is spelled wrongly, is always missing. */
export function compileCondition(condition: Condition): ConditionTest {
  switch (condition.type) {
    case 'tenant': return ({ tenantId }) => (tenantId === undefined ? 'missing' : yesOrNo(tenantId === condition.value));
    case 'time': return compileTime(condition);
    case 'ip': return compileIp(condition.ranges);
    case 'attribute': return compileAttribute(condition);
    // Of a kind that a newer node stored, nobody here can tell.
    default: return () => 'missing';
  }
}

export function yesOrNo(holds: boolean): Truth {
  return holds ? 'yes' : 'no';
}
