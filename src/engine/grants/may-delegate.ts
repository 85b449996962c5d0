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
 * Whether somebody with `own` may turn what is given from `before` into `after`.
 *
 * Both must be contained in what they hold themselves. A deny that goes, or that says less, counts as handing out what
 * it denied, whatever its conditions were.
 */
export function mayDelegate(own: CompiledGrants, before: readonly Grant[], after: readonly Grant[], registry: UrlRegistry): boolean {
  if (own.isSuperadmin) return true;
  const holds = (granted: readonly Grant[]) => containsGrants(own, compileGrants(registry, grantSetOf(granted)), registry);
  return holds(before) && holds(after) && holds(liftedDenies(before, after));
}

/**
 * What would be held besides, were no condition on this attribute of the subject in the way: allows without that condition,
 * and what denies with one keep from counting.
 *
 * Whoever may set the attribute hands this out.
 */
export function grantsUnlockedBy(granted: readonly Grant[], attribute: string): Grant[] {
  const asks = (condition: Condition) => condition.type === 'attribute' && [condition.left, condition.right].some((side) => side === attribute || (typeof side === 'string' && side.startsWith(`${attribute}.`)));
  return grantSetOf(granted).policies.filter(({ conditions = [] }) => conditions.some(asks)).map((policy) => {
    const { effect, actions, resources, conditions = [] } = policy;
    return asAllow(effect === 'deny' ? { actions, resources: coveredBy(resources) } : { actions, resources, conditions: conditions.filter((condition) => !asks(condition)) });
  });
}

function asAllow(policy: Omit<Policy, 'effect'>): Grant {
  return { kind: 'policy', chain: [], policy: { effect: 'allow', ...policy } };
}

/** What denies in `before` kept from counting, and nothing in `after` names any more, as allows. */
function liftedDenies(before: readonly Grant[], after: readonly Grant[]): Grant[] {
  const kept = new Set(deniesOf(after).map(policyKey));
  return deniesOf(before).filter((policy) => !kept.has(policyKey(policy)))
    .map(({ actions, resources }) => asAllow({ actions, resources: coveredBy(resources) }));
}

/** What a deny on these resources covers: on every resource, or spelled wrongly, every URL as well. */
function coveredBy(resources: readonly string[]): string[] {
  const patterns = resources.map(parseResourcePattern);
  return patterns.some((pattern) => !pattern || isEverything(pattern)) ? ['*', '/**'] : [...resources];
}

function deniesOf(granted: readonly Grant[]): Policy[] {
  return grantSetOf(granted).policies.filter(({ effect }) => effect === 'deny');
}
