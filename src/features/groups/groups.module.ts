import type { Model } from 'mongoose';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { User } from '../users/user.model.ts';
import { createGroupMembers } from './group.members.ts';
import type { GroupMembersDeps } from './group.members.ts';
import type { Group } from './group.model.ts';
import { createGroupRoles } from './group.role-holder.ts';
import { createGroupRoutes } from './group.routes.ts';
import { createGroupService } from './group.service.ts';
import type { GroupDeps } from './group.service.ts';

export interface GroupsModuleDeps extends Pick<Platform, 'changes'>, Pick<GroupDeps, 'readGiven' | 'claimRoles' | 'requireRegistered' | 'requireLight'>, Pick<GroupMembersDeps, 'delegation'> {
  readonly model: Model<Group>;
  readonly users: Model<User>;
}

/** Privilege groups: their roles and policies, and who is in them. */
export function createGroupsModule({ model, users, changes, delegation, readGiven, claimRoles, requireRegistered, requireLight }: GroupsModuleDeps) {
  const members = createGroupMembers({ groups: model, users, changes, delegation });
  const groups = createGroupService({ model, changes, members, delegation, readGiven, claimRoles, requireRegistered, requireLight });
  return {
    name: 'groups',
    routes: createGroupRoutes({ groups, members }),
    roleHolder: createGroupRoles(model, members.requireMayActOnAll),
  } satisfies Module & Record<string, unknown>;
}
