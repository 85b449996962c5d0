import { z } from 'zod';
import type { Caller } from '../../engine/caller.ts';
import type { Right } from '../../engine/grants/right.ts';
import { possibleMethods } from '../../engine/urls/registered-url.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import { actorOf } from '../../platform/changes/actor.ts';
import type { Actor, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { either, oneFieldOf } from '../../http/route/body-rules.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { integer, optional } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { policyView } from '../policies/policy.shape.ts';
import { rightShape } from '../policies/right.shape.ts';
import type { KnownPermissions } from '../policies/policies.types.ts';
import type { Role } from './role.model.ts';
import type { RoleService } from './role.service.ts';
import { contentFields, refOf, rightList, roleName, roleRefFields, roleShape } from './role.shape.ts';
import type { LockRole } from './role.types.ts';
import type { UpdateRole } from './role.update.ts';

/** The role that a user of a tenant gets when the address is confirmed. */
export interface DefaultRoleSetting {
  /** Returns the roleId. Throws `tenant-not-found`. */
  read(tenantId: string): Promise<string>;
  /** Throws `tenant-not-found`, `role-not-found`, `superadmin-not-inherited`, `grants-exceed-own`. */
  set(actor: Actor, caller: Caller, find: (tx: ChangeTransaction) => Promise<string>): Promise<string>;
}

export interface RoleRouteDeps {
  readonly roles: RoleService;
  readonly registry: () => UrlRegistry;
  readonly lockRole: LockRole;
  readonly update: UpdateRole;
  readonly permissions: KnownPermissions;
  readonly defaultRole: DefaultRoleSetting;
}

const contentErrors = [
  'role-not-found', 'right-not-registered', 'permission-not-known', 'policies-too-complex', 'superadmin-not-inherited', 'role-circle',
  'grants-exceed-own',
] as const;

const rightsOrChanges = either(
  { needs: ['rights'], without: ['add', 'remove'] }, { needs: ['add'], without: ['rights'] },
  { needs: ['remove'], without: ['rights', 'add'] },
);

const rolePage = pageOf(roleShape);

/** The URLs under /roles/. All of them are config URLs. */
export function createRoleRoutes({ roles, registry, lockRole, update, permissions, defaultRole }: RoleRouteDeps) {
  const roleView = (role: Role) => ({
    ...role, rights: role.rights.map((right) => withStale(right, roles)), policies: role.policies.map(policyView),
  });
  return [
    defineRoute({
      method: 'GET', url: '/roles/get-rights', id: 'listRights', summary: 'Rights of a role, or every registered URL',
      actsInTenant: true,
      description: '`roleId` or `type` names a role whose own rights are listed. '
        + 'Without a role, every registered URL is listed with its access class.',
      input: { query: roleRefFields },
      output: z.object({ roleId: z.string().optional(), type: z.string().optional(), version: z.number().optional(), rights: z.array(
        rightShape,
      ), permissions: z.array(z.object({ permission: z.string(), description: z.string().optional() })) }),
      errors: ['role-not-found'],
      async handler({ input: { query }, caller }) {
        if (query.roleId === undefined && query.type === undefined) return {
          rights: registeredRights(registry()), permissions: [...permissions.list()],
        };
        const { roleId, type, version, rights, permissions: names } = roleView(await roles.find(caller.tenantId, refOf(query)));
        return { roleId, type, version, rights, permissions: names.map((permission) => ({ permission })) };
      },
    }),
    defineRoute({
      method: 'POST', url: '/roles/create', id: 'createRole', summary: 'Create a role', status: 201,
      actsInTenant: true,
      input: { body: { roleId: roleName, type: roleName, rights: rightList, ...contentFields } },
      output: roleShape,
      errors: ['role-exists', 'tenant-full', 'right-is-config', 'too-many-rights', ...contentErrors],
      handler: async (context) => roleView(await roles.create(actorOf(context), context.caller, context.input.body)),
    }),
    defineRoute({
      method: 'PUT', url: '/roles/update', id: 'updateRole', summary: 'Change a role, except its rights',
      actsInTenant: true,
      description: 'Absent fields do not change. `permissions`, `policies` and `inherits` replace the lists of the role. '
        + 'With `version`, the edit is refused if the role has another version by now.',
      input: { body: { ...roleRefFields, ...contentFields, version: optional(integer({ min: 1, max: Number.MAX_SAFE_INTEGER })) } },
      bodyRules: [oneFieldOf('roleId', 'type')],
      output: roleShape,
      errors: ['ladder-fixed', 'superadmin-rights-fixed', 'version-conflict', 'target-outranks-caller', ...contentErrors],
      async handler(context) {
        const { roleId, type, ...edit } = context.input.body;
        return roleView(await update(actorOf(context), context.caller, refOf(context.input.body), edit));
      },
    }),
    defineRoute({
      method: 'PUT', url: '/roles/update-rights', id: 'updateRights', summary: 'Replace, add or remove rights of a role',
      actsInTenant: true,
      description: 'Send either `rights`, which replace all rights of the role, or `add` and `remove`. '
        + 'With `version`, the edit is refused if the role has another version by now.',
      input: { body: { ...roleRefFields, rights: optional(
        rightList,
      ), add: optional(rightList), remove: optional(rightList), version: optional(integer({ min: 1, max: Number.MAX_SAFE_INTEGER })) } },
      bodyRules: [oneFieldOf('roleId', 'type'), rightsOrChanges],
      output: roleShape,
      errors: [
        'role-not-found', 'right-not-registered', 'right-is-config', 'too-many-rights', 'superadmin-rights-fixed', 'version-conflict',
        'grants-exceed-own', 'target-outranks-caller',
      ],
      async handler(context) {
        const { body } = context.input;
        const { roleId, type, ...edit } = body;
        if (edit.rights ? Boolean(edit.add ?? edit.remove) : !(edit.add ?? edit.remove)) throw invalid(
          'body', 'needs either rights, or add and/or remove',
        );
        return roleView(await roles.updateRights(actorOf(context), context.caller, refOf(body), edit));
      },
    }),
    defineRoute({
      method: 'GET', url: '/roles/load', id: 'listRoles', summary: 'List roles',
      actsInTenant: true,
      input: { query: { ...pageFields, roleId: optional(roleName) } },
      output: rolePage,
      errors: [],
      async handler({ input: { query: { roleId, ...page } }, caller }) {
        const { items, nextCursor } = await roles.load(caller.tenantId, roleId === undefined ? {} : { roleId }, page);
        return { items: items.map(roleView), nextCursor };
      },
    }),
    defineRoute({
      method: 'GET', url: '/roles/get-default', id: 'getDefaultRole', summary: 'The role that users get when they confirm their address',
      actsInTenant: true,
      input: {},
      output: z.object({ roleId: z.string() }),
      errors: ['tenant-not-found'],
      handler: async ({ caller }) => ({ roleId: await defaultRole.read(caller.tenantId) }),
    }),
    defineRoute({
      method: 'PUT', url: '/roles/set-default', id: 'setDefaultRole',
      summary: 'Set the role that users get when they confirm their address',
      actsInTenant: true,
      description: 'It applies to users of the tenant who confirm their address from now on. '
        + 'This changes the setting `defaultRole` of the tenant.',
      input: { body: roleRefFields },
      bodyRules: [oneFieldOf('roleId', 'type')],
      output: z.object({ roleId: z.string() }),
      errors: ['role-not-found', 'superadmin-not-inherited', 'grants-exceed-own', 'tenant-not-found'],
      async handler(context) {
        const ref = refOf(context.input.body);
        return { roleId: await defaultRole.set(actorOf(context), context.caller, (tx) => lockRole(tx, ref)) };
      },
    }),
    defineRoute({
      method: 'DELETE', url: '/roles/delete', id: 'deleteRole', summary: 'Delete a role',
      actsInTenant: true,
      description: 'If users, groups, memberships or clients have the role, or if it is the default role of the tenant, '
        + '`reassignTo` must name the roleId of a role that replaces it.',
      input: { query: { ...roleRefFields, reassignTo: optional(roleName) } },
      errors: [
        'role-not-found', 'system-role', 'role-inherited', 'role-in-use', 'superadmin-not-inherited', 'grants-exceed-own',
        'target-outranks-caller',
      ],
      async handler(context) {
        const { query } = context.input;
        await roles.remove(actorOf(context), context.caller, refOf(query), query.reassignTo);
        return undefined;
      },
    }),
  ];
}

function registeredRights(registry: UrlRegistry) {
  return registry.urls.map((entry) => {
    const served = registry.endpointsOf(entry.url).filter(({ access }) => access === entry.access).map(({ method }) => method);
    return { name: entry.name, path: entry.path, url: entry.url, methods: served.filter(
      (method) => possibleMethods(entry).includes(method),
    ), access: entry.access };
  });
}

function withStale(right: Right, roles: RoleService) {
  const { methods, ...rest } = right;
  return { ...rest, ...(methods && { methods: [...methods] }), stale: roles.isStale(right) };
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-input', { errors: [{ field, message }] });
}
