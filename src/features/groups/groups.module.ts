import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { UserGroupStore } from '../users/assignments/user-groups.store.ts';
import { createGroupMembers } from './group.members.ts';
import { createGroupRoleHolder } from './group.role-holder.ts';
import { createGroupRoutes } from './group.routes.ts';
import { createGroupService } from './group.service.ts';
import type { GroupDeps } from './group.service.ts';
import type { GroupStore } from './group.store.ts';
import type { GroupDelegation } from './group.types.ts';

export interface GroupsModuleDeps extends
  Pick<Platform, 'changes'>, Pick<GroupDeps, 'resolveAssigned' | 'lockRoles' | 'requireRegistered' | 'requireWithinComplexity'> {
  readonly stores: { readonly groups: GroupStore; readonly userGroups: UserGroupStore };
  readonly delegation: GroupDelegation;
}

/** Creates the module of privilege groups: their roles, their policies and their users. */
export function createGroupsModule({
  stores, changes, delegation, resolveAssigned, lockRoles, requireRegistered, requireWithinComplexity,
}: GroupsModuleDeps) {
  const store = stores.groups;
  const members = createGroupMembers({ groups: store, users: stores.userGroups, changes, delegation });
  const groups = createGroupService(
    { store, changes, members, delegation, resolveAssigned, lockRoles, requireRegistered, requireWithinComplexity },
  );
  return {
    name: 'groups',
    about: { title: 'Groups', description: 'Privilege groups: roles and policies that their users share.' },
    routes: createGroupRoutes({ groups, members }),
    roleHolder: createGroupRoleHolder(store, members.requireMayActOnAll),
  } satisfies Module & Record<string, unknown>;
}
