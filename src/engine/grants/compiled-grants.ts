import { addBit, createBitSet } from './bit-set.ts';
import type { BitSet } from './bit-set.ts';
import { comparisonLimits, policyKey, policyOfPermission } from '../policies/policy.ts';
import type { Permission, Policy } from '../policies/policy.ts';
import { endpointsOfRight } from './right.ts';
import type { Right } from './right.ts';
import { compilePolicy, indexPolicies } from '../policies/compiled-policy.ts';
import type { CompiledPolicy, PolicyIndex } from '../policies/compiled-policy.ts';
import type { UrlRegistry } from '../urls/url-registry.ts';

/** The grants of a principal before they are compiled, as stored in a right set or claimed by a token. */
export interface GrantSet {
  readonly rights: readonly Right[];
  readonly permissions: readonly Permission[];
  /** Policies of roles and groups, of permissions, and of memberships (restricted to their resource). */
  readonly policies: readonly Policy[];
  /** A superadmin has a right to every URL of the running node, whatever is stored, and `manage:*`. */
  readonly isSuperadmin: boolean;
}

/** Everything a caller may do, compiled for this process. */
export interface CompiledGrants {
  readonly isSuperadmin: boolean;
  readonly endpoints: BitSet;
  /** Sorted, without duplicates. */
  readonly compiledPolicies: readonly CompiledPolicy[];
  readonly resources: PolicyIndex;
  readonly urls: PolicyIndex;
}

const everything: Policy = { effect: 'allow', actions: ['manage'], resources: ['*'] };
const nothing: Policy = { ...everything, effect: 'deny' };

/**
 * Compiles the grants of a principal. Stale rights open nothing. Config URLs are for superadmins, except those that
 * the admin of a tenant may have.
 *
 * If the policies are too many to be compared in time, one policy that denies everything replaces them.
 */
export function compileGrants(registry: UrlRegistry, { rights, policies, isSuperadmin }: Omit<GrantSet, 'permissions'>): CompiledGrants {
  const endpoints = createBitSet(registry.endpoints.length);
  if (isSuperadmin) for (const endpoint of registry.endpoints) addBit(endpoints, endpoint.id);
  else {
    for (const right of rights) {
      for (const endpoint of endpointsOfRight(registry, right)) {
        if (endpoint.access !== 'config' || endpoint.tenantAdmin) addBit(endpoints, endpoint.id);
      }
    }
  }
  const whole = compilePolicies(distinct(isSuperadmin ? [...policies, everything] : policies));
  return { isSuperadmin, endpoints, ...(isTooComplex(whole) ? compilePolicies([nothing]) : whole) };
}

/** Returns the same rights with other policies. There must not be more of them than before. */
export function withPolicies(grants: CompiledGrants, policies: readonly Policy[]): CompiledGrants {
  return { ...grants, ...compilePolicies(distinct(policies)) };
}

/** Whether these policies and permissions cost more comparisons than one decision may take. */
export function exceedsComplexity(policies: readonly Policy[], permissions: readonly Permission[] = []): boolean {
  return isTooComplex(
    compilePolicies(distinct([...policies, ...permissions.flatMap((permission) => policyOfPermission(permission) ?? [])])),
  );
}

function isTooComplex({ resources, urls }: Pick<CompiledGrants, 'resources' | 'urls'>): boolean {
  return Math.max(resources.maxCost, urls.maxCost) > comparisonLimits.decision;
}

function compilePolicies(policies: readonly Policy[]): Pick<CompiledGrants, 'compiledPolicies' | 'resources' | 'urls'> {
  const compiledPolicies = policies.map(compilePolicy);
  return { compiledPolicies, resources: indexPolicies(compiledPolicies, false), urls: indexPolicies(compiledPolicies, true) };
}

/** Removes duplicates and sorts, so that neither the order nor duplicates change a decision or its reason. */
export function distinct(policies: readonly Policy[]): Policy[] {
  const byKey = new Map(policies.map((policy) => [policyKey(policy), policy]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, policy]) => policy);
}
