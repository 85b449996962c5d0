import { addBit, createBitSet } from './bit-set.ts';
import type { BitSet } from './bit-set.ts';
import { comparisonLimits, policyKey, policyOfPermission } from '../policies/policy.ts';
import type { Permission, Policy } from '../policies/policy.ts';
import { endpointsOfRight } from './right.ts';
import type { Right } from './right.ts';
import { compilePolicy, indexPolicies } from '../policies/compiled-policy.ts';
import type { CompiledPolicy, PolicyIndex } from '../policies/compiled-policy.ts';
import type { UrlRegistry } from '../urls/url-registry.ts';

/** What somebody holds, before it is compiled: what is stored in a right set, or claimed by a token. */
export interface GrantSet {
  readonly rights: readonly Right[];
  readonly permissions: readonly Permission[];
  /** Those of roles and groups, those that permissions are short for, and those of memberships, narrowed to their resource. */
  readonly policies: readonly Policy[];
  /** A superadmin's rights are all URLs of the running node, whatever is stored, and `manage:*` is theirs. */
  readonly isSuperadmin: boolean;
}

/** Everything a caller may do, compiled for this process. */
export interface CompiledGrants {
  readonly isSuperadmin: boolean;
  readonly endpoints: BitSet;
  /** In an order of their own, each once. */
  readonly compiledPolicies: readonly CompiledPolicy[];
  readonly resources: PolicyIndex;
  readonly urls: PolicyIndex;
}

const everything: Policy = { effect: 'allow', actions: ['manage'], resources: ['*'] };
const nothing: Policy = { ...everything, effect: 'deny' };

/**
 * Compiles what somebody holds; stale rights open nothing, and config URLs open for a superadmin alone, but for those
 * that the admin of a tenant holds.
 *
 * Who holds more policies than can be compared in time is denied everything by one that stands for all of them.
 */
export function compileGrants(registry: UrlRegistry, { rights, policies, isSuperadmin }: Omit<GrantSet, 'permissions'>): CompiledGrants {
  const endpoints = createBitSet(registry.endpoints.length);
  if (isSuperadmin) for (const endpoint of registry.endpoints) addBit(endpoints, endpoint.id);
  else {
    for (const right of rights) {
      for (const endpoint of endpointsOfRight(registry, right)) if (endpoint.access !== 'config' || endpoint.tenantAdmin) addBit(endpoints, endpoint.id);
    }
  }
  const whole = compilePolicies(distinct(isSuperadmin ? [...policies, everything] : policies));
  return { isSuperadmin, endpoints, ...(isTooComplex(whole) ? compilePolicies([nothing]) : whole) };
}

/** The same rights and other policies, of which there are no more than before. */
export function withPolicies(grants: CompiledGrants, policies: readonly Policy[]): CompiledGrants {
  return { ...grants, ...compilePolicies(distinct(policies)) };
}

/** Whether these policies, and what these permissions are short for, are alone more than one question may meet. */
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

/** Each once, and in the same order however they were written: neither may change an answer, nor its reason. */
export function distinct(policies: readonly Policy[]): Policy[] {
  const byKey = new Map(policies.map((policy) => [policyKey(policy), policy]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, policy]) => policy);
}
