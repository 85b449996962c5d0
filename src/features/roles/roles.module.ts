import { withRolesToCome } from '../../engine/grants/role-times.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import { createClientRoles } from '../clients/client.role-holder.ts';
import { createGroupMembers } from '../groups/group.members.ts';
import { createGroupRoles } from '../groups/group.role-holder.ts';
import { createGroupRoutes } from '../groups/group.routes.ts';
import { createGroupService } from '../groups/group.service.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import { createMembershipRoles } from '../memberships/membership.role-holder.ts';
import { createMembershipRoutes } from '../memberships/membership.routes.ts';
import { createMembershipService } from '../memberships/membership.service.ts';
import type { Delegation } from '../grants/delegation.service.ts';
import type { HeldReader, ReadHeld } from '../grants/grant-resolver.ts';
import type { KnownPermissions } from '../policies/declared-permissions.ts';
import { createClaimRole } from './role-locks.ts';
import { createRoleContentCheck } from './role.rules.ts';
import { superadminType, userType } from './role.ladder.ts';
import { createRoleRoutes } from './role.routes.ts';
import { createRoleService } from './role.service.ts';
import type { GuardDefaults, GuardRole, RequireMayChangeRole } from './role.service.ts';
import { createUpdateRole } from './role.update.ts';
import type { Stores } from '../../platform/database/database.ts';
import { createDefaultRole } from '../tenants/tenant.default-role.ts';
import { createUserAssignments } from '../users/assignments/user.assignments.ts';
import type { KeepSuperadmin } from '../users/user.service.ts';
import type { WriteUser } from '../users/write-user.ts';

export interface GrantServiceDeps {
  readonly stores: Stores;
  /** What all of it is written through. */
  readonly changes: ChangeService;
  readonly registry: () => UrlRegistry;
  readonly permissions: KnownPermissions;
  readonly held: HeldReader;
  readonly delegation: Delegation;
  readonly writeUser: WriteUser;
  readonly keepSuperadmin: KeepSuperadmin;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Wires everything that changes what users and clients hold: roles, their assignment, groups and memberships. */
export function createGrantServices({ stores, changes, registry, permissions, held, delegation, writeUser, keepSuperadmin, clock }: GrantServiceDeps) {
  const { readGiven } = held;
  const readHeld: ReadHeld = (holder, session) => held.readHeld(withRolesToCome(holder), session);
  const check = createRoleContentCheck({ model: stores.roles, permissions, registry });
  const guard: GuardRole = ({ actor: { tenantId }, session }, caller, roleId, work, successor = roleId) => {
    let current = roleId;
    return delegation.guard(caller, async () => ({ given: await readGiven(tenantId, { roles: [current] }, session) }), async () => {
      const result = await work();
      current = successor;
      return result;
    }, session);
  };
  const requireMayChange: RequireMayChangeRole = ({ session }, caller, roleId) => delegation.requireMayChangeRole(caller, roleId, session);
  const guardDefaults: GuardDefaults = ({ actor: { tenantId }, session }, caller, work) => delegation.guard(caller, async () => {
    const roles = (await stores.roles.find({ tenantId, isDefault: true }, { roleId: 1 }, { session }).lean()).map(({ roleId }) => roleId);
    return { given: await readGiven(tenantId, { roles }, session), roles };
  }, work, session);
  const assignments = createUserAssignments({
    model: stores.users, changes, clock, writeUser, delegation, keepSuperadmin, superadminRole: superadminType,
  });
  const defaultRole = createDefaultRole({
    model: stores.tenants, changes, usual: userType, claimRoles: check.claimAll,
    guard: ({ actor: { tenantId }, session }, caller, read, work) => delegation.guard(caller, async () => {
      const roles = [await read()];
      return { given: await readGiven(tenantId, { roles }, session), roles };
    }, work, session),
  });
  const members = createGroupMembers({ groups: stores.groups, users: stores.users, changes, delegation });
  return {
    assignments, members, defaultRole,
    claimRole: createClaimRole(stores.roles),
    claimRoles: check.claimAll,
    roles: createRoleService({
      model: stores.roles, changes, registry, check, guard, guardDefaults, requireMayChange,
      holders: [assignments, createGroupRoles(stores.groups, members.requireMayActOnAll), createMembershipRoles(stores.memberships, stores.users, delegation), createClientRoles(stores.clients, delegation), defaultRole.holder],
    }),
    updateRole: createUpdateRole({ model: stores.roles, changes, check, guard, guardDefaults, requireMayChange }),
    groups: createGroupService({ model: stores.groups, changes, members, delegation, readGiven, claimRoles: check.claimAll, requireRegistered: check.requireRegistered, requireLight: check.requireLight }),
    memberships: createMembershipService({ model: stores.memberships, users: stores.users, changes, delegation, readHeld, superadminRole: superadminType }),
  };
}

export type GrantServices = ReturnType<typeof createGrantServices>;

/** The URLs under /roles/, /groups/ and /memberships/. */
export function createGrantRoutes(services: GrantServices, { registry, permissions }: Pick<GrantServiceDeps, 'registry' | 'permissions'>): RouteDefinition[] {
  const { roles, updateRole, assignments, claimRole, defaultRole, groups, members, memberships } = services;
  return [
    ...createRoleRoutes({ roles, registry, assign: assignments.assign, claimRole, update: updateRole, permissions, defaultRole }),
    ...createGroupRoutes({ groups, members }),
    ...createMembershipRoutes({ memberships, claimRole }),
  ];
}
