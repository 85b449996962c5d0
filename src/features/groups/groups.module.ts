import type { Model } from 'mongoose';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { User } from '../users/user.model.ts';
import { createGroupMembers } from './group.members.ts';
import type { GroupMembersDeps } from './group.members.ts';
import type { Group } from './group.model.ts';
import { createGroupRoleHolder } from './group.role-holder.ts';
import { createGroupRoutes } from './group.routes.ts';
import { createGroupService } from './group.service.ts';
import type { GroupDeps } from './group.service.ts';

export interface GroupsModuleDeps extends Pick<Platform, 'changes'>, Pick<GroupDeps, 'resolveAssigned' | 'lockRoles' | 'requireRegistered' | 'requireWithinComplexity'>, Pick<GroupMembersDeps, 'delegation'> {
  readonly model: Model<Group>;
  readonly users: Model<User>;
}

/** Privilege groups: their roles and policies, and who is in them. */
export function createGroupsModule({ model, users, changes, delegation, resolveAssigned, lockRoles, requireRegistered, requireWithinComplexity }: GroupsModuleDeps) {
  const members = createGroupMembers({ groups: model, users, changes, delegation });
  const groups = createGroupService(
    { model, changes, members, delegation, resolveAssigned, lockRoles, requireRegistered, requireWithinComplexity },
  );
  return {
    name: 'groups',
    routes: createGroupRoutes({ groups, members }),
    roleHolder: createGroupRoleHolder(model, members.requireMayActOnAll),
  } satisfies Module & Record<string, unknown>;
}
