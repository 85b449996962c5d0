import { compileCondition } from '../policies/condition.ts';
import type { CompiledCondition } from '../policies/condition.ts';
import type { Grant } from './grant.ts';
import { withPolicies } from './compiled-grants.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import type { Policy } from '../policies/policy.ts';

/**
 * Specializes a policy for these roleIds: conditions on `subject.roles` that hold are dropped, and a policy with one that
 * fails becomes null.
 *
 * Without this, two users would look equal though the policy applies to only one of them. A condition that compares roles
 * with the resource stays.
 */
export function specializePolicy(policy: Policy, roles: readonly string[]): Policy | null {
  const specialized = (policy.conditions ?? []).map((condition) => ({ condition, holds: holdsFor(compileCondition(condition), roles) }));
  if (specialized.every(({ holds }) => holds === undefined)) return policy;
  if (specialized.some(({ holds }) => holds === false)) return null;
  const { effect, actions, resources } = policy;
  const conditions = specialized.flatMap(({ condition, holds }) => (holds === undefined ? [condition] : []));
  return { effect, actions, resources, ...(conditions.length > 0 && { conditions }) };
}

/** Undefined if the roles alone do not decide the condition. */
function holdsFor({ comparison, test }: CompiledCondition, roles: readonly string[]): boolean | undefined {
  if (!comparison || 'of' in comparison.right) return undefined;
  if (comparison.left.of !== 'subject' || comparison.left.names[0] !== 'roles') return undefined;
  const truth = test({ now: 0, subject: { roles } }, {});
  return truth === 'missing' ? undefined : truth === 'yes';
}

/** Specializes all grants of a principal with these roles. */
export function specializeGrants(granted: readonly Grant[], roles: readonly string[]): Grant[] {
  return granted.flatMap((each): Grant[] => {
    if (each.kind !== 'policy') return [each];
    const policy = specializePolicy(each.policy, roles);
    return policy ? [{ ...each, policy }] : [];
  });
}

/** Specializes the compiled grants of a caller. */
export function specializeCompiledGrants(grants: CompiledGrants, roles: readonly string[]): CompiledGrants {
  const policies = grants.compiledPolicies.map(({ policy }) => policy);
  const specialized = policies.flatMap((policy) => specializePolicy(policy, roles) ?? []);
  const isUnchanged = specialized.length === policies.length && specialized.every((policy, index) => policy === policies[index]);
  return isUnchanged ? grants : withPolicies(grants, specialized);
}
