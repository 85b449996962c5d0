import { compileCondition } from '../policies/condition.ts';
import type { CompiledCondition } from '../policies/condition.ts';
import type { Grant } from './grant.ts';
import { withPolicies } from './compiled-grants.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import type { Policy } from '../policies/policy.ts';

/**
 * What policies come to for somebody with these roles (roleIds): a condition on `subject.roles` that holds for them is left
 * out, and a policy with one that does not is no policy of theirs.
 *
 * So that two people who hold the same policy, which counts for one of them alone, are not taken for equals. A condition
 * that compares roles with the resource stays as it is.
 */
export function specializePolicy(policy: Policy, roles: readonly string[]): Policy | null {
  const specialized = (policy.conditions ?? []).map((condition) => ({ condition, holds: holdsFor(compileCondition(condition), roles) }));
  if (specialized.every(({ holds }) => holds === undefined)) return policy;
  if (specialized.some(({ holds }) => holds === false)) return null;
  const { effect, actions, resources } = policy;
  const conditions = specialized.flatMap(({ condition, holds }) => (holds === undefined ? [condition] : []));
  return { effect, actions, resources, ...(conditions.length > 0 && { conditions }) };
}

/** Undefined where roles alone do not tell. */
function holdsFor({ comparison, test }: CompiledCondition, roles: readonly string[]): boolean | undefined {
  if (!comparison || 'of' in comparison.right) return undefined;
  if (comparison.left.of !== 'subject' || comparison.left.names[0] !== 'roles') return undefined;
  const truth = test({ now: 0, subject: { roles } }, {});
  return truth === 'missing' ? undefined : truth === 'yes';
}

/** The same of everything that somebody with these roles is given. */
export function specializeGrants(granted: readonly Grant[], roles: readonly string[]): Grant[] {
  return granted.flatMap((each): Grant[] => {
    if (each.kind !== 'policy') return [each];
    const policy = specializePolicy(each.policy, roles);
    return policy ? [{ ...each, policy }] : [];
  });
}

/** The same of what a caller holds. */
export function specializeCompiledGrants(grants: CompiledGrants, roles: readonly string[]): CompiledGrants {
  const policies = grants.compiledPolicies.map(({ policy }) => policy);
  const specialized = policies.flatMap((policy) => specializePolicy(policy, roles) ?? []);
  return specialized.length === policies.length && specialized.every((policy, index) => policy === policies[index]) ? grants : withPolicies(grants, specialized);
}
