import type { Condition } from './condition.ts';

export type Effect = 'allow' | 'deny';

/** Allows or denies actions on resources, under conditions. */
export interface Policy {
  readonly effect: Effect;
  /** `create`, `read`, `update`, `delete`, `manage` (every action) or words of the application. For URLs: methods or `manage`. */
  readonly actions: readonly string[];
  /** Names, globs or URLs: see parseResourcePattern. */
  readonly resources: readonly string[];
  /** All of them must hold; absent: always. */
  readonly conditions?: readonly Condition[];
}

/** `action:resource`, such as `read:items`: a short form of a policy that allows it. */
export type Permission = string;

/** Every action. */
export const everyAction = 'manage';

/** The most policies of one role or group, and the most actions, resources and conditions of one policy. */
export const policyLimits = { policies: 100, actions: 10, resources: 20, conditions: 10, permissions: 1_000 };

/**
 * `decision`: the most patterns and conditions that one decision may compare, so that it takes at most 5 ms. `containment`: the
 * most pairs of patterns that are compared to find whether grants contain others. Anything above a limit is refused.
 */
export const comparisonLimits = { decision: 1_500, containment: 100_000 };

/** Converts a permission to a policy; null if it is not `action:resource`. */
export function policyOfPermission(permission: Permission): Policy | null {
  const end = permission.indexOf(':');
  if (end < 1 || end === permission.length - 1) return null;
  return { effect: 'allow', actions: [permission.slice(0, end)], resources: [permission.slice(end + 1)] };
}

/** A key that is equal for policies with the same meaning: order and duplicates do not matter. */
export function policyKey({ effect, actions, resources, conditions = [] }: Policy): string {
  return JSON.stringify([effect, [...new Set(actions)].sort(), [...new Set(resources)].sort(), conditions.map(conditionKey).sort()]);
}

/** A key that is equal for all spellings of a condition. */
export function conditionKey(condition: Condition): string {
  return JSON.stringify(sorted(condition));
}

/** Sorts the keys of objects. Lists stay unchanged, since no list in a condition holds objects. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]));
}
