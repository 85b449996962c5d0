import type { Model } from 'mongoose';
import { withRolesToCome } from '../../engine/grants/role-times.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { LockRole } from '../roles/role.types.ts';
import { superadminType } from '../roles/role.types.ts';
import type { User } from '../users/user.model.ts';
import type { Membership } from './membership.model.ts';
import { createMembershipRoleHolder } from './membership.role-holder.ts';
import { createMembershipRoutes } from './membership.routes.ts';
import { createMembershipService } from './membership.service.ts';
import type { MembershipDeps } from './membership.service.ts';

export interface MembershipsModuleDeps extends Pick<Platform, 'changes'>, Pick<MembershipDeps, 'delegation' | 'resolveGrants'> {
  readonly model: Model<Membership>;
  readonly users: Model<User>;
  readonly lockRole: LockRole;
}

/** Roles that users have on single resources. */
export function createMembershipsModule({ model, users, changes, delegation, resolveGrants, lockRole }: MembershipsModuleDeps) {
  const memberships = createMembershipService({
    model, users, changes, delegation, superadminRole: superadminType,
    resolveGrants: (holder, session) => resolveGrants(withRolesToCome(holder), session),
  });
  return {
    name: 'memberships',
    routes: createMembershipRoutes({ memberships, lockRole }),
    roleHolder: createMembershipRoleHolder(model, users, delegation),
    forgetUser: (tx, { _id }) => memberships.forget(tx, _id),
  } satisfies Module & Record<string, unknown>;
}
