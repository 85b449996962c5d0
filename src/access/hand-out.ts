import { containsGrants } from './contain.ts';
import { holdingsOf } from './given.ts';
import type { Given } from './given.ts';
import { compileGrants } from './grants.ts';
import type { Grants } from './grants.ts';
import { policyKey } from './policy.ts';
import type { Policy } from './policy.ts';
import { isEverything, parseResourcePattern } from './resource-pattern.ts';
import type { UrlRegistry } from './url-registry.ts';

/**
 * Whether somebody with `own` may turn what is given from `before` into `after`.
 *
 * Both must be contained in what they hold themselves. A deny that goes, or that says less, counts as handing out what
 * it denied, whatever its conditions were.
 */
export function mayHandOut(own: Grants, before: readonly Given[], after: readonly Given[], registry: UrlRegistry): boolean {
  if (own.isSuperadmin) return true;
  const holds = (given: readonly Given[]) => containsGrants(own, compileGrants(registry, holdingsOf(given)), registry);
  return holds(before) && holds(after) && holds(liftedDenies(before, after));
}

/** What denies in `before` kept from counting, and nothing in `after` names any more, as allows. */
function liftedDenies(before: readonly Given[], after: readonly Given[]): Given[] {
  const kept = new Set(deniesOf(after).map(policyKey));
  return deniesOf(before).filter((policy) => !kept.has(policyKey(policy)))
    .map(({ actions, resources }) => ({ kind: 'policy', chain: [], policy: { effect: 'allow', actions, resources: coveredBy(resources) } }));
}

/** What a deny on these resources covers: on every resource, or spelled wrongly, every URL as well. */
function coveredBy(resources: readonly string[]): string[] {
  const patterns = resources.map(parseResourcePattern);
  return patterns.some((pattern) => !pattern || isEverything(pattern)) ? ['*', '/**'] : [...resources];
}

function deniesOf(given: readonly Given[]): Policy[] {
  return holdingsOf(given).policies.filter(({ effect }) => effect === 'deny');
}
