import { containsGrants } from './contains-grants.ts';
import type { Condition } from '../policies/condition.ts';
import { grantSetOf } from './grant.ts';
import type { Grant } from './grant.ts';
import { compileGrants } from './compiled-grants.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import { policyKey } from '../policies/policy.ts';
import type { Policy } from '../policies/policy.ts';
import { isEverything, parseResourcePattern } from '../policies/resource-pattern.ts';
import type { UrlRegistry } from '../urls/url-registry.ts';

/**
 * Whether a principal with `own` may change grants from `before` to `after`.
 *
 * `own` must contain both. Removing or weakening a deny counts as granting what it denied, whatever its conditions were.
 */
export function mayDelegate(own: CompiledGrants, before: readonly Grant[], after: readonly Grant[], registry: UrlRegistry): boolean {
  if (own.isSuperadmin) return true;
  const holds = (granted: readonly Grant[]) => containsGrants(own, compileGrants(registry, grantSetOf(granted)), registry);
  return holds(before) && holds(after) && holds(liftedDenies(before, after));
}

/**
 * The grants that conditions on this attribute of the subject hold back. An allow is returned without the condition. For a deny
 * with the condition, everything that it denies is returned as an allow.
 *
 * A caller who may set the attribute can unlock them, so delegation checks treat them as granted.
 */
export function grantsUnlockedBy(granted: readonly Grant[], attribute: string): Grant[] {
  const isNamedBy = (side: unknown) => side === attribute || (typeof side === 'string' && side.startsWith(`${attribute}.`));
  const asks = (condition: Condition) => condition.type === 'attribute' && [condition.left, condition.right].some(isNamedBy);
  return grantSetOf(granted).policies.filter(({ conditions = [] }) => conditions.some(asks)).map((policy) => {
    const { effect, actions, resources, conditions = [] } = policy;
    if (effect === 'deny') return asAllow({ actions, resources: coveredBy(resources) });
    return asAllow({ actions, resources, conditions: conditions.filter((condition) => !asks(condition)) });
  });
}

function asAllow(policy: Omit<Policy, 'effect'>): Grant {
  return { kind: 'policy', chain: [], policy: { effect: 'allow', ...policy } };
}

/** Returns an allow for everything that denies of `before` cover, if `after` does not have these denies. */
function liftedDenies(before: readonly Grant[], after: readonly Grant[]): Grant[] {
  const kept = new Set(deniesOf(after).map(policyKey));
  return deniesOf(before).filter((policy) => !kept.has(policyKey(policy)))
    .map(({ actions, resources }) => asAllow({ actions, resources: coveredBy(resources) }));
}

/** Returns what a deny covers. A deny on every resource, or one that cannot be read, covers every URL as well. */
function coveredBy(resources: readonly string[]): string[] {
  const patterns = resources.map(parseResourcePattern);
  return patterns.some((pattern) => !pattern || isEverything(pattern)) ? ['*', '/**'] : [...resources];
}

function deniesOf(granted: readonly Grant[]): Policy[] {
  return grantSetOf(granted).policies.filter(({ effect }) => effect === 'deny');
}
