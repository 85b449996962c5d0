import { z } from 'zod';
import { actorOf } from '../../platform/changes/actor.ts';
import { defineRoute } from '../../http/route/define-route.ts';
import { email, idField, integer, objectOf, oneOf, optional, string } from '../../http/input/fields.ts';
import { pageFields, pageOf } from '../../http/route/page-shape.ts';
import { isolations } from '../../platform/database/tenancy/tenant-locations.ts';
import { languageField } from '../users/user.shape.ts';
import type { Tenant } from './tenant.model.ts';
import type { RemoveTenant } from './moves/tenant.removal.ts';
import type { TenantService } from './tenant.service.ts';
import { newDomain, settingsField, tenantView, tenantDomain, tenantName, tenantShape } from './tenant.shape.ts';

const nameField = string({ min: 1, max: 128, trim: true });
const statuses = ['active', 'suspended', 'deleted'] as const satisfies readonly Tenant['status'][];

const tenantPage = pageOf(tenantShape);

/** Creates the routes under /tenants/, where superadmins of the platform manage organizations. */
export function createTenantRoutes({ tenants, removeTenant }: { readonly tenants: TenantService; readonly removeTenant: RemoveTenant }) {
  return [
    defineRoute({
      method: 'POST', url: '/tenants/create', id: 'createTenant',
      summary: 'Create a tenant, with roles of its own and a first admin', status: 201,
      description: 'The admin gets a mail with a one-time link to choose a password. '
        + 'The server\'s value holds for each setting that is left out. '
        + 'With isolation: database, the tenant has its own database for roles, groups, memberships, sessions and audit records.',
      input: { body: {
        name: tenantName, domain: optional(tenantDomain), settings: optional(settingsField), isolation: optional(oneOf(isolations)),
        admin: objectOf({
          email: email(), username: optional(nameField), firstName: optional(nameField), lastName: optional(nameField),
          language: optional(languageField),
        }),
      } },
      output: tenantShape.extend({ adminId: z.string() }),
      errors: ['tenant-exists', 'domain-in-use', 'domain-taken', 'role-not-found', 'superadmin-not-inherited'],
      async handler(context) {
        const { adminId, ...tenant } = await tenants.create(actorOf(context), context.input.body);
        return { ...tenantView(tenant), adminId };
      },
    }),
    defineRoute({
      method: 'GET', url: '/tenants/load', id: 'listTenants', summary: 'List tenants',
      input: { query: { ...pageFields, name: optional(tenantName), status: optional(oneOf(statuses)) } },
      output: tenantPage,
      errors: [],
      async handler({ input: { query: { limit, cursor, ...filter } } }) {
        const { items, nextCursor } = await tenants.load(filter, { limit, ...(cursor !== undefined && { cursor }) });
        return { items: items.map(tenantView), nextCursor };
      },
    }),
    defineRoute({
      method: 'PUT', url: '/tenants/update', id: 'updateTenant', summary: 'Change a tenant',
      description: 'Fields that are not sent stay as they are. settings replaces all settings of the tenant. An empty domain removes it. '
        + 'With version, the edit is refused if somebody else has changed the tenant in the meantime.',
      input: { body: {
        tenantId: idField, name: optional(tenantName), domain: optional(newDomain), settings: optional(settingsField),
        version: optional(integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
      } },
      output: tenantShape,
      errors: [
        'tenant-not-found', 'tenant-exists', 'domain-in-use', 'domain-taken', 'default-tenant-fixed', 'version-conflict',
        'role-not-found', 'superadmin-not-inherited', 'last-way-in',
      ],
      async handler(context) {
        const { tenantId, ...edit } = context.input.body;
        return tenantView(await tenants.update(actorOf(context), tenantId, edit));
      },
    }),
    ...([
      ['suspend', 'suspended', 'Refuse all users and clients of a tenant everywhere'],
      ['resume', 'active', 'Let the users and clients of a suspended tenant in again'],
    ] as const).map(([name, status, summary]) => defineRoute({
      method: 'POST', url: `/tenants/${name}`, id: `${name}Tenant`, summary,
      input: { body: { tenantId: idField } },
      output: tenantShape,
      errors: ['tenant-not-found', 'default-tenant-fixed'],
      handler: async (context) => tenantView(await tenants.setStatus(actorOf(context), context.input.body.tenantId, status)),
    })),
    defineRoute({
      method: 'DELETE', url: '/tenants/delete', id: 'deleteTenant', summary: 'Delete a suspended tenant with all its data',
      description: 'Send the name of the tenant again, to confirm. Send the digest that the last line of GET /audit/export shows, '
        + 'because the audit trail is deleted too. If a deletion was interrupted, send the request again: the deletion goes on.',
      input: { query: { tenantId: idField, name: tenantName, digest: string({ min: 64, max: 64, pattern: /^[0-9a-f]*$/ }) } },
      errors: ['tenant-not-found', 'default-tenant-fixed', 'tenant-not-suspended', 'audit-not-exported'],
      async handler(context) {
        await removeTenant(actorOf(context), context.input.query);
        return undefined;
      },
    }),
  ];
}
