import { withRolesToCome } from '../../engine/grants/role-times.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { UserStore } from '../users/user.store.ts';
import { createMembershipRoleHolder } from './membership.role-holder.ts';
import { createMembershipRoutes } from './membership.routes.ts';
import type { MembershipRouteDeps } from './membership.routes.ts';
import { createMembershipService } from './membership.service.ts';
import type { MembershipDeps } from './membership.service.ts';
import type { MembershipStore } from './membership.store.ts';

export interface MembershipsModuleDeps extends
  Pick<Platform, 'changes'>, Pick<MembershipDeps, 'delegation' | 'resolveGrants'>, Pick<MembershipRouteDeps, 'lockRole'> {
  readonly stores: { readonly memberships: MembershipStore; readonly users: UserStore };
  /** roleIds of the roles that every tenant has. */
  readonly ladder: { readonly superadmin: string };
}

/** Creates the module of memberships: users' roles on single resources. */
export function createMembershipsModule({ stores, ladder, changes, delegation, resolveGrants, lockRole }: MembershipsModuleDeps) {
  const { memberships: store, users } = stores;
  const memberships = createMembershipService({
    store, users, changes, delegation, superadminRole: ladder.superadmin,
    resolveGrants: (user, session) => resolveGrants(withRolesToCome(user), session),
  });
  return {
    name: 'memberships',
    about: { title: 'Memberships', description: 'Roles on single resources.' },
    routes: createMembershipRoutes({ memberships, lockRole }),
    roleHolder: createMembershipRoleHolder({ store, users, delegation }),
    forgetUser: (tx, { _id }) => store.removeAllOf(tx, _id),
  } satisfies Module & Record<string, unknown>;
}
