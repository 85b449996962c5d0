import { z } from 'zod';
import { actorOf } from '../../platform/changes/actor.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { idField, integer, optional } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import type { GroupMembers } from './group.members.ts';
import type { GroupService } from './group.service.ts';
import { groupName, groupShape, placements, policies, roleList, groupView } from './group.shape.ts';

const memberErrors = ['group-not-found', 'user-not-found', 'target-outranks-caller', 'grants-exceed-own'] as const;
const contentErrors = [
  'group-exists', 'role-not-found', 'right-not-registered', 'policies-too-complex', 'superadmin-not-inherited', 'grants-exceed-own',
] as const;

const groupPage = pageOf(groupShape);

/** The URLs under /groups/ about privilege groups and their users. */
export function createGroupRoutes({ groups, members }: { readonly groups: GroupService; readonly members: GroupMembers }) {
  return [
    defineRoute({
      method: 'GET', url: '/groups/load', id: 'listGroups', summary: 'List privilege groups',
      actsInTenant: true,
      input: { query: pageFields },
      output: groupPage,
      errors: [],
      async handler({ input: { query }, caller }) {
        const { items, nextCursor } = await groups.load(caller.tenantId, query);
        return { items: items.map(groupView), nextCursor };
      },
    }),
    defineRoute({
      method: 'GET', url: '/groups/load/:groupId', id: 'getGroup', summary: 'One privilege group',
      actsInTenant: true,
      input: { params: { groupId: idField } },
      output: groupShape,
      errors: ['group-not-found'],
      handler: async ({ input: { params }, caller }) => groupView(await groups.find(caller.tenantId, params.groupId)),
    }),
    defineRoute({
      method: 'POST', url: '/groups/create', id: 'createGroup', summary: 'Create a privilege group', status: 201,
      actsInTenant: true,
      description: '`roles` is a list of roleIds. Callers cannot create a group with grants that they do not have themselves.',
      input: { body: { groupName, roles: roleList, policies } },
      output: groupShape,
      errors: ['tenant-full', ...contentErrors],
      async handler(context) {
        const { groupName: name, roles = [], policies: groupPolicies = [] } = context.input.body;
        return groupView(await groups.create(actorOf(context), context.caller, { groupName: name, roles, policies: groupPolicies }));
      },
    }),
    defineRoute({
      method: 'PUT', url: '/groups/update', id: 'updateGroup', summary: 'Change a privilege group',
      actsInTenant: true,
      description: 'Absent fields do not change. `roles` and `policies` replace the lists of the group. '
        + 'With `version`, the edit is refused if the group has another version by now.',
      input: { body: { groupId: idField, groupName: optional(groupName), roles: roleList, policies, version: optional(
        integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      ) } },
      output: groupShape,
      errors: ['group-not-found', 'version-conflict', 'target-outranks-caller', ...contentErrors],
      async handler(context) {
        const { groupId, ...edit } = context.input.body;
        return groupView(await groups.update(actorOf(context), context.caller, groupId, edit));
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/groups/delete', id: 'deleteGroup', summary: 'Delete a privilege group',
      actsInTenant: true,
      description: 'This removes all users from the group.',
      input: { query: { groupId: idField } },
      errors: ['group-not-found', 'target-outranks-caller', 'grants-exceed-own'],
      async handler(context) {
        await groups.remove(actorOf(context), context.caller, context.input.query.groupId);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST', url: '/groups/add-users', id: 'addUsersToGroups', summary: 'Add users to privilege groups',
      actsInTenant: true,
      description: 'At most 1,000 users at once: all of them are added, or none. Users who are in the group already stay in it.',
      input: { body: placements },
      errors: memberErrors,
      async handler(context) {
        await members.add(actorOf(context), context.caller, context.input.body);
        return undefined;
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/groups/remove-user', id: 'removeUserFromGroup', summary: 'Remove a user from a privilege group',
      actsInTenant: true,
      input: { query: { userId: idField, groupId: idField } },
      errors: [...memberErrors, 'user-not-in-group'],
      async handler(context) {
        await members.remove(actorOf(context), context.caller, context.input.query);
        return undefined;
      },
    }),
    defineRoute({
      method: 'GET', url: '/groups/load-user/:userId', id: 'listGroupsOfUser', summary: 'The privilege groups of a user',
      actsInTenant: true,
      input: { params: { userId: idField } },
      output: z.object({ items: z.array(groupShape) }),
      errors: ['user-not-found'],
      handler: async ({ input: { params }, caller }) => ({
        items: (await members.groupsOf(caller.tenantId, params.userId)).map(groupView),
      }),
    }),
  ];
}
