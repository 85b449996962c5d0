import type { Grant, Link } from './grant.ts';
import { restrictPolicy } from '../policies/restrict-policy.ts';
import { policyOfPermission } from '../policies/policy.ts';
import type { Permission, Policy } from '../policies/policy.ts';
import type { Right } from './right.ts';

/** What a role gives. */
export interface GivingRole {
  readonly roleId: string;
  readonly rights: readonly Right[];
  readonly permissions: readonly Permission[];
  readonly policies: readonly Policy[];
  readonly inherits: readonly string[];
  /** Counts only where it is assigned to a user directly. */
  readonly isSuperadmin?: boolean;
}

export interface GivingGroup {
  readonly groupId: string;
  /** roleIds */
  readonly roles: readonly string[];
  readonly policies: readonly Policy[];
}

/** A role on one resource and what lies below it. */
export interface GivingMembership {
  readonly membershipId: string;
  readonly resource: string;
  readonly roleId: string;
}

/** What somebody is given: by assignment, through groups, and on single resources. */
export interface Assigned {
  readonly roles: readonly string[];
  readonly groups: readonly GivingGroup[];
  readonly memberships: readonly GivingMembership[];
}

/**
 * Everything that follows from what is assigned, with the way on which it came; each thing once for each of its ways in.
 *
 * Unknown roles give nothing, a circle of roles ends where it closes. A membership gives no rights, since a URL is not
 * about one resource.
 */
export function collectGrants({ roles, groups, memberships }: Assigned, roleOf: (roleId: string) => GivingRole | undefined): Grant[] {
  const crowned = roles.flatMap((roleId): Grant[] => (roleOf(roleId)?.isSuperadmin === true ? [{ kind: 'superadmin', chain: [{ kind: 'role', id: roleId }] }] : []));
  const direct = grantsByRoles(roles, [], roleOf);
  const byGroups = groups.flatMap(({ groupId, roles: groupRoles, policies }) => {
    const chain: Link[] = [{ kind: 'group', id: groupId }];
    return [...policies.map((policy): Grant => ({ kind: 'policy', policy, chain })), ...grantsByRoles(groupRoles, chain, roleOf)];
  });
  const byMemberships = memberships.flatMap(({ membershipId, roleId, resource }) =>
    grantsByRoles([roleId], [{ kind: 'membership', id: membershipId }], roleOf).flatMap((grant) => restrictGrant(grant, resource)));
  return [...crowned, ...direct, ...byGroups, ...byMemberships];
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
  // No permission any more, since that would be held on every resource of its name.
  return policy ? [{ kind: 'policy', policy, chain: grant.chain }] : [];
}
