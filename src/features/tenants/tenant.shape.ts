import { z } from 'zod';
import { domainKeyOf } from '../../http/input/domain-name.ts';
import { custom, integer, list, objectOf, oneOf, optional, string } from '../../http/input/fields.ts';
import type { RefuseValue } from '../../http/input/fields.ts';
import { instant } from '../../http/route/output.ts';
import { isolations } from '../../platform/database/tenancy/tenant-locations.ts';
import { brandingField, brandingShape, returnUrlsField } from '../branding/brand.shape.ts';
import { roleName } from '../roles/role.shape.ts';
import { loginMethods } from './tenant.model.ts';
import type { Tenant } from './tenant.model.ts';

const count = z.number().int().optional();

export const tenantShape = z.object({
  tenantId: z.string(),
  name: z.string(),
  domain: z.string().optional(),
  status: z.enum(['active', 'suspended', 'deleted']),
  isolation: z.enum(isolations),
  settings: z.object({
    defaultRole: z.string().optional(),
    sessionHours: z.number().optional(),
    idleHours: z.number().optional(),
    loginMethods: z.array(z.enum(loginMethods)).readonly().optional(),
    passwordMinimum: z.number().optional(),
    branding: brandingShape.optional(),
    returnUrls: z.array(z.string()).readonly().optional(),
    limits: z.object({ users: count, roles: count, groups: count, clients: count, providers: count, checksPerSecond: count }).optional(),
  }),
  version: z.number().int(),
  createdAt: instant.optional(),
}).meta({ id: 'Tenant' });

export function tenantView({ _id, settings = {}, isolation = 'shared', ...tenant }: Tenant) {
  return { ...tenant, tenantId: _id, settings, isolation };
}

/** The name of a tenant is a label of a host name (RFC 1035 section 2.3.1), so that it can be a subdomain. */
export const tenantName = string({ min: 2, max: 40, pattern: /^[a-z][a-z0-9-]*[a-z0-9]$/ });
const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N}-]{0,61}[\\p{L}\\p{M}\\p{N}])?';
const domainPattern = `(?:${label}\\.)+\\p{L}[\\p{L}\\p{M}\\p{N}-]{0,61}[\\p{L}\\p{M}\\p{N}]`;
const domainJson = {
  type: 'string', maxLength: 253, description: 'At least two labels, in any script. Stored in lower case and punycode.',
};
const readDomain = (value: unknown, refuse: RefuseValue): string => (
  (typeof value === 'string' ? domainKeyOf(value) : null) ?? refuse(
    'must be a domain name of at least two labels, without invisible characters',
  ));
/** A host name of at least two labels, in the form in which it is stored and compared. */
export const tenantDomain = custom({ json: { ...domainJson, minLength: 1, pattern: `^${domainPattern}$` }, parse: readDomain });
/** The same, or an empty text. */
export const newDomain = custom({
  json: { ...domainJson, pattern: `^(?:${domainPattern})?$` }, parse: (value, refuse) => (value === '' ? '' : readDomain(value, refuse)),
});

const most = optional(integer({ min: 1, max: 100_000_000 }));
const eachKind = { users: most, roles: most, groups: most, clients: most, providers: most };

/** The settings of a tenant that replace settings of the server. */
export const settingsField = objectOf({
  defaultRole: optional(roleName),
  sessionHours: optional(integer({ min: 1, max: 720 })),
  idleHours: optional(integer({ min: 1, max: 720 })),
  loginMethods: optional(list(oneOf(loginMethods), { max: loginMethods.length })),
  passwordMinimum: optional(integer({ min: 12, max: 64 })),
  branding: optional(brandingField),
  returnUrls: optional(returnUrlsField),
  limits: optional(objectOf({ ...eachKind, checksPerSecond: optional(integer({ min: 1, max: 1_000_000 })) })),
});
