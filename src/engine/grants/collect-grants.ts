import type { Grant, Link } from './grant.ts';
import { restrictPolicy } from '../policies/restrict-policy.ts';
import { policyOfPermission } from '../policies/policy.ts';
import type { Permission, Policy } from '../policies/policy.ts';
import type { Right } from './right.ts';

/** A role with what it grants. */
export interface GivingRole {
  readonly roleId: string;
  readonly rights: readonly Right[];
  readonly permissions: readonly Permission[];
  readonly policies: readonly Policy[];
  readonly inherits: readonly string[];
  /** Applies only if the role is assigned to a user directly. */
  readonly isSuperadmin?: boolean;
}

export interface GivingGroup {
  readonly groupId: string;
  /** roleIds */
  readonly roles: readonly string[];
  readonly policies: readonly Policy[];
}

/** A role on one resource and the resources below it. */
export interface GivingMembership {
  readonly membershipId: string;
  readonly resource: string;
  readonly roleId: string;
}

/** A role that an identity provider gives, by its role mapping. */
export interface GivingProvided {
  readonly providerId: string;
  /** The asserted group that gives the role, or `SOURCE=VALUE`. Absent for the default role of those for whom nothing else matches. */
  readonly group?: string;
  readonly roleId: string;
}

/** What a principal has: assigned roles, groups, memberships in single resources, and roles that identity providers give. */
export interface CollectedFrom {
  readonly roles: readonly string[];
  readonly groups: readonly GivingGroup[];
  readonly memberships: readonly GivingMembership[];
  readonly provided?: readonly GivingProvided[];
}

/**
 * Returns every grant that follows from the assignments, with its provenance. A right that comes in two ways is listed twice.
 *
 * Unknown roles grant nothing, and a circle of roles is followed once. A membership grants no rights, since a URL is not
 * limited to one resource. A provider never gives the superadmin role.
 */
export function collectGrants(
  { roles, groups, memberships, provided = [] }: CollectedFrom, roleOf: (roleId: string) => GivingRole | undefined,
): Grant[] {
  const crowned = roles.filter((roleId) => roleOf(roleId)?.isSuperadmin === true)
    .map((roleId): Grant => ({ kind: 'superadmin', chain: [{ kind: 'role', id: roleId }] }));
  const direct = grantsByRoles(roles, [], roleOf);
  const byGroups = groups.flatMap(({ groupId, roles: groupRoles, policies }) => {
    const chain: Link[] = [{ kind: 'group', id: groupId }];
    return [...policies.map((policy): Grant => ({ kind: 'policy', policy, chain })), ...grantsByRoles(groupRoles, chain, roleOf)];
  });
  const byMemberships = memberships.flatMap(({ membershipId, roleId, resource }) =>
    grantsByRoles([roleId], [{ kind: 'membership', id: membershipId }], roleOf).flatMap((grant) => restrictGrant(grant, resource)));
  const byProviders = provided.flatMap(({ providerId, group, roleId }) => grantsByRoles(roleOf(roleId)?.isSuperadmin ? [] : [roleId], [
    { kind: 'provider', id: providerId }, ...(group === undefined ? [] : [{ kind: 'asserted-group', id: group } as const]),
  ], roleOf));
  return [...crowned, ...direct, ...byGroups, ...byProviders, ...byMemberships];
}

function grantsByRoles(roleIds: readonly string[], start: readonly Link[], roleOf: (roleId: string) => GivingRole | undefined): Grant[] {
  const seen = new Set<string>();
  const waiting = roleIds.map((roleId) => ({ roleId, chain: start }));
  const granted: Grant[] = [];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const role = seen.has(next.roleId) ? undefined : roleOf(next.roleId);
    if (!role) continue;
    seen.add(role.roleId);
    const chain: Link[] = [...next.chain, { kind: 'role', id: role.roleId }];
    granted.push(...grantsByRole(role, chain));
    waiting.push(...role.inherits.map((roleId) => ({ roleId, chain })));
  }
  return granted;
}

function grantsByRole({ rights, permissions, policies }: GivingRole, chain: readonly Link[]): Grant[] {
  return [
    ...rights.map((right): Grant => ({ kind: 'right', right, chain })),
    ...permissions.flatMap((permission): Grant[] => {
      const policy = policyOfPermission(permission);
      return policy ? [{ kind: 'permission', permission, policy, chain }] : [];
    }),
    ...policies.map((policy): Grant => ({ kind: 'policy', policy, chain })),
  ];
}

function restrictGrant(grant: Grant, resource: string): Grant[] {
  if (grant.kind === 'right' || grant.kind === 'superadmin') return [];
  const policy = restrictPolicy(grant.policy, resource);
  // It becomes a policy, since a permission would apply to every resource of its name.
  return policy ? [{ kind: 'policy', policy, chain: grant.chain }] : [];
}
