import { z } from 'zod';
import { actorOf } from '../../platform/changes/actor.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { email, idField, integer, objectOf, oneOf, optional, string } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { isolations } from '../../platform/database/tenancy/tenant-locations.ts';
import type { Tenant } from './tenant.model.ts';
import type { RemoveTenant } from './moves/tenant.removal.ts';
import type { TenantService } from './tenant.service.ts';
import { newDomain, settingsField, tenantView, tenantDomain, tenantName, tenantShape } from './tenant.shape.ts';

const nameField = string({ min: 1, max: 128, trim: true });
const statuses = ['active', 'suspended', 'deleted'] as const satisfies readonly Tenant['status'][];

/** The URLs under /tenants/: organizations, which superadmins of the platform look after. */
export function createTenantRoutes({ tenants, removeTenant }: { readonly tenants: TenantService; readonly removeTenant: RemoveTenant }) {
  return [
    defineRoute({
      method: 'POST', url: '/tenants/create', summary: 'Create a tenant, with roles of its own and a first admin', status: 201,
      description: 'The admin is mailed a one-time link to choose a password. What the settings leave out is as the server has it. isolation: database keeps roles, groups, memberships, sessions and audit records in a database of the tenant\'s own.',
      input: { body: {
        name: tenantName, domain: optional(tenantDomain), settings: optional(settingsField), isolation: optional(oneOf(isolations)),
        admin: objectOf({ email: email(), username: optional(nameField), firstName: optional(nameField), lastName: optional(nameField) }),
      } },
      output: tenantShape.extend({ adminId: z.string() }),
      errors: ['tenant-exists', 'domain-in-use', 'role-not-found', 'superadmin-not-inherited'],
      async handler(context) {
        const { adminId, ...tenant } = await tenants.create(actorOf(context), context.input.body);
        return { ...tenantView(tenant), adminId };
      },
    }),
    defineRoute({
      method: 'GET', url: '/tenants/load', summary: 'List tenants',
      input: { query: { ...pageFields, name: optional(tenantName), status: optional(oneOf(statuses)) } },
      output: pageOf(tenantShape),
      errors: [],
      async handler({ input: { query: { limit, cursor, ...filter } } }) {
        const { items, nextCursor } = await tenants.load(filter, { limit, ...(cursor !== undefined && { cursor }) });
        return { items: items.map(tenantView), nextCursor };
      },
    }),
    defineRoute({
      method: 'PUT', url: '/tenants/update', summary: 'Change a tenant',
      description: 'What is not sent stays; settings replace all that the tenant had, and an empty domain takes it away. With version, the edit is refused if somebody else changed the tenant meanwhile.',
      input: { body: {
        tenantId: idField, name: optional(tenantName), domain: optional(newDomain), settings: optional(settingsField),
        version: optional(integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
      } },
      output: tenantShape,
      errors: ['tenant-not-found', 'tenant-exists', 'domain-in-use', 'default-tenant-fixed', 'version-conflict', 'role-not-found', 'superadmin-not-inherited'],
      async handler(context) {
        const { tenantId, ...edit } = context.input.body;
        return tenantView(await tenants.update(actorOf(context), tenantId, edit));
      },
    }),
    ...([[
      'suspend', 'suspended', 'RefuseValue everybody of a tenant everywhere',
    ], ['resume', 'active', 'Let everybody of a suspended tenant in again']] as const).map(([name, status, summary]) => defineRoute({
      method: 'POST', url: `/tenants/${name}`, summary,
      input: { body: { tenantId: idField } },
      output: tenantShape,
      errors: ['tenant-not-found', 'default-tenant-fixed'],
      handler: async (context) => tenantView(await tenants.setStatus(actorOf(context), context.input.body.tenantId, status)),
    })),
    defineRoute({
      method: 'DELETE', url: '/tenants/delete', summary: 'Delete a suspended tenant and all that it owns',
      description: 'name is its name once more; digest is what the last line of GET /audit/export says, since the trail goes as well. A deletion that was interrupted goes on when it is asked for again.',
      input: { query: { tenantId: idField, name: tenantName, digest: string({ min: 64, max: 64, pattern: /^[0-9a-f]*$/ }) } },
      errors: ['tenant-not-found', 'default-tenant-fixed', 'tenant-not-suspended', 'audit-not-exported'],
      async handler(context) {
        await removeTenant(actorOf(context), context.input.query);
        return undefined;
      },
    }),
  ];
}
