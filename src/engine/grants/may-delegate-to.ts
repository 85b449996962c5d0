import type { UrlRegistry } from '../urls/url-registry.ts';
import { policyKey } from '../policies/policy.ts';
import { compileGrants } from './compiled-grants.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import { containsGrants } from './contains-grants.ts';
import { grantSetOf } from './grant.ts';
import type { Grant } from './grant.ts';
import { grantsUnlockedBy, mayDelegate } from './may-delegate.ts';
import { specializeCompiledGrants, specializeGrants } from './specialize-grants.ts';

/** The grants of a receiver, before or after a change. */
export interface DelegatedGrants {
  readonly granted: readonly Grant[];
  /** roleIds of the receiver, if known; conditions on `subject.roles` are then resolved for them. */
  readonly roles?: readonly string[];
}

/** The part of a caller that decides what the caller may delegate. */
interface Delegator {
  readonly grants: CompiledGrants;
  readonly roles: readonly string[];
}

/**
 * Whether a caller may change the grants of a receiver from `before` to `after`.
 *
 * `always` are the grants that everybody has. Their denies also limit what is granted.
 */
export function mayDelegateTo(
  caller: Delegator, always: readonly Grant[], before: DelegatedGrants, after: DelegatedGrants, registry: UrlRegistry,
): boolean {
  const { roles: from } = before;
  const { roles: into } = after;
  return from && into
    ? mayDelegateToHolder(caller, always, { ...before, roles: from }, { ...after, roles: into }, registry)
    : mayDelegateToAnybody(caller, always, before, after, registry);
}

function mayDelegateToHolder(
  { grants, roles }: Delegator, always: readonly Grant[], before: Required<DelegatedGrants>, after: Required<DelegatedGrants>,
  registry: UrlRegistry,
): boolean {
  // With a role that the caller does not have, a condition that compares roles with the resource may allow more.
  const isOthers = differences(before.roles, after.roles).some((roleId) => !roles.includes(roleId));
  const whole = (delegated: Required<DelegatedGrants>) => {
    const granted = specializeGrants([...always, ...delegated.granted], delegated.roles);
    return isOthers ? [...granted, ...grantsUnlockedBy(granted, 'subject.roles')] : granted;
  };
  return mayDelegate(specializeCompiledGrants(grants, roles), whole(before), whole(after), registry);
}

/** Compares the grants as they are written; new ones are also compared with conditions resolved for the roles of the caller. */
function mayDelegateToAnybody(
  { grants, roles }: Delegator, always: readonly Grant[], before: DelegatedGrants, after: DelegatedGrants, registry: UrlRegistry,
): boolean {
  if (!mayDelegate(grants, [...always, ...before.granted], [...always, ...after.granted], registry)) return false;
  const known = new Set([...always, ...before.granted].map(keyOf));
  const added = after.granted.filter((grant) => !known.has(keyOf(grant)));
  const limits = [...always, ...after.granted].filter((grant) => grant.kind === 'policy' && grant.policy.effect === 'deny');
  return added.length === 0
    || containsGrants(specializeCompiledGrants(grants, roles), compileGrants(registry, grantSetOf([...limits, ...added])), registry);
}

/** The elements that are in only one of the lists. */
function differences(one: readonly string[], other: readonly string[]): string[] {
  return [...one.filter((each) => !other.includes(each)), ...other.filter((each) => !one.includes(each))];
}

/** Equal for grants that give the same. */
function keyOf(grant: Grant): string {
  return grant.kind === 'right' ? JSON.stringify(grant.right) : 'policy' in grant ? policyKey(grant.policy) : grant.kind;
}
