import type { Condition } from './condition.ts';

export type Effect = 'allow' | 'deny';

/** What may, or may not, be done with which resources, and when. */
export interface Policy {
  readonly effect: Effect;
  /** `create`, `read`, `update`, `delete`, `manage` (every action) or words of the application; of URLs, methods or `manage`. */
  readonly actions: readonly string[];
  /** Names, globs or URLs; see parseResourcePattern. */
  readonly resources: readonly string[];
  /** All of them must hold; absent: always. */
  readonly conditions?: readonly Condition[];
}

/** `action:resource`, such as `read:items`: short for a policy that allows it. */
export type Permission = string;

/** Every action. */
export const everyAction = 'manage';

/** Most policies that one role or group may hold, and most of anything in one policy. */
export const policyLimits = { policies: 100, actions: 10, resources: 20, conditions: 10, permissions: 1_000 };

/**
 * Most patterns and conditions that one question may meet, so that it is answered in 5 ms; and most pairs of patterns
 * that are compared to tell whether grants contain others. What would take more is refused.
 */
export const comparisonLimits = { decision: 1_500, containment: 100_000 };

/** The policy that a permission is short for; null for what is not `action:resource`. */
export function policyOfPermission(permission: Permission): Policy | null {
  const end = permission.indexOf(':');
  if (end < 1 || end === permission.length - 1) return null;
  return { effect: 'allow', actions: [permission.slice(0, end)], resources: [permission.slice(end + 1)] };
}

/** One text for all policies that say the same: order and duplicates do not count. */
export function policyKey({ effect, actions, resources, conditions = [] }: Policy): string {
  return JSON.stringify([effect, [...new Set(actions)].sort(), [...new Set(resources)].sort(), conditions.map(conditionKey).sort()]);
}

/** One text for all spellings of a condition. */
export function conditionKey(condition: Condition): string {
  return JSON.stringify(sorted(condition));
}

/** Lists stay as they are: none in a condition holds objects. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]));
}
