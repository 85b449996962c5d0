import { compileCondition } from '../policies/condition.ts';
import type { CompiledCondition } from '../policies/condition.ts';
import type { Given } from './grant.ts';
import { withPolicies } from './compiled-grants.ts';
import type { Grants } from './compiled-grants.ts';
import type { Policy } from '../policies/policy.ts';

/**
 * What policies come to for somebody with these roles (roleIds): a condition on `subject.roles` that holds for them is left
 * out, and a policy with one that does not is no policy of theirs.
 *
 * So that two people who hold the same policy, which counts for one of them alone, are not taken for equals. A condition
 * that compares roles with the resource stays as it is.
 */
export function settlePolicy(policy: Policy, roles: readonly string[]): Policy | null {
  const settled = (policy.conditions ?? []).map((condition) => ({ condition, holds: holdsFor(compileCondition(condition), roles) }));
  if (settled.every(({ holds }) => holds === undefined)) return policy;
  if (settled.some(({ holds }) => holds === false)) return null;
  const { effect, actions, resources } = policy;
  const conditions = settled.flatMap(({ condition, holds }) => (holds === undefined ? [condition] : []));
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
export function settleGiven(given: readonly Given[], roles: readonly string[]): Given[] {
  return given.flatMap((each): Given[] => {
    if (each.kind !== 'policy') return [each];
    const policy = settlePolicy(each.policy, roles);
    return policy ? [{ ...each, policy }] : [];
  });
}

/** The same of what a caller holds. */
export function settleGrants(grants: Grants, roles: readonly string[]): Grants {
  const policies = grants.statements.map(({ policy }) => policy);
  const settled = policies.flatMap((policy) => settlePolicy(policy, roles) ?? []);
  return settled.length === policies.length && settled.every((policy, index) => policy === policies[index]) ? grants : withPolicies(grants, settled);
}
