import type { Given, Link } from './grant.ts';
import { narrowPolicy } from '../policies/restrict-policy.ts';
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
export function assembleGiven({ roles, groups, memberships }: Assigned, roleOf: (roleId: string) => GivingRole | undefined): Given[] {
  const crowned = roles.flatMap((roleId): Given[] => (roleOf(roleId)?.isSuperadmin === true ? [{ kind: 'superadmin', chain: [{ kind: 'role', id: roleId }] }] : []));
  const direct = givenByRoles(roles, [], roleOf);
  const byGroups = groups.flatMap(({ groupId, roles: groupRoles, policies }) => {
    const chain: Link[] = [{ kind: 'group', id: groupId }];
    return [...policies.map((policy): Given => ({ kind: 'policy', policy, chain })), ...givenByRoles(groupRoles, chain, roleOf)];
  });
  const byMemberships = memberships.flatMap(({ membershipId, roleId, resource }) =>
    givenByRoles([roleId], [{ kind: 'membership', id: membershipId }], roleOf).flatMap((given) => narrowGiven(given, resource)));
  return [...crowned, ...direct, ...byGroups, ...byMemberships];
}

function givenByRoles(roleIds: readonly string[], start: readonly Link[], roleOf: (roleId: string) => GivingRole | undefined): Given[] {
  const seen = new Set<string>();
  const waiting = roleIds.map((roleId) => ({ roleId, chain: start }));
  const given: Given[] = [];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const role = seen.has(next.roleId) ? undefined : roleOf(next.roleId);
    if (!role) continue;
    seen.add(role.roleId);
    const chain: Link[] = [...next.chain, { kind: 'role', id: role.roleId }];
    given.push(...givenByRole(role, chain));
    waiting.push(...role.inherits.map((roleId) => ({ roleId, chain })));
  }
  return given;
}

function givenByRole({ rights, permissions, policies }: GivingRole, chain: readonly Link[]): Given[] {
  return [
    ...rights.map((right): Given => ({ kind: 'right', right, chain })),
    ...permissions.flatMap((permission): Given[] => {
      const policy = policyOfPermission(permission);
      return policy ? [{ kind: 'permission', permission, policy, chain }] : [];
    }),
    ...policies.map((policy): Given => ({ kind: 'policy', policy, chain })),
  ];
}

function narrowGiven(given: Given, resource: string): Given[] {
  if (given.kind === 'right' || given.kind === 'superadmin') return [];
  const policy = narrowPolicy(given.policy, resource);
  // No permission any more, since that would be held on every resource of its name.
  return policy ? [{ kind: 'policy', policy, chain: given.chain }] : [];
}
