import { z } from 'zod';
import { custom, fromZod, integer, list, optional, string } from '../../http/input/fields.ts';
import { toJsonSchema } from '../../http/input/from-zod.ts';
import { instant } from '../../http/route/output.ts';
import { attributeMappingShape, provisioningShape, roleMappingShape } from '../identities/mapping.shape.ts';
import { tenantDomain } from '../tenants/tenant.shape.ts';
import type { Secrets } from './provider.secrets.ts';
import { protocols, providerStatuses } from './provider.types.ts';
import type { IdentityProvider } from './provider.types.ts';
import { configurationShapes } from './provider.validation.ts';

const configurationShape = z.union([configurationShapes.OIDC, configurationShapes.JWT, configurationShapes.HEADER]);
const urlsShape = z.object({
  start: z.string().optional(), callback: z.string().optional(), backChannel: z.string().optional(), header: z.string().optional(),
});

/** A provider in answers. Secrets are never among them: `hasSecrets` has their names. */
export const providerShape = z.object({
  providerId: z.string(), providerName: z.string(), protocol: z.enum(protocols), status: z.enum(providerStatuses), isActive: z.boolean(),
  revision: z.number().int(), liveRevision: z.number().int().optional(), testedRevision: z.number().int().optional(),
  configuration: configurationShape.meta({ id: 'ProviderConfiguration' }), hasSecrets: z.array(z.string()),
  attributeMapping: attributeMappingShape.meta({ id: 'AttributeMapping' }), roleMapping: roleMappingShape.meta({ id: 'RoleMapping' }),
  provisioning: provisioningShape.meta({ id: 'Provisioning' }), domains: z.array(z.string()), urls: urlsShape,
  version: z.number().int(), createdAt: instant,
}).meta({ id: 'IdentityProvider' });

/** The part of a provider that the customer's own IT sees. */
export const setUpShape = providerShape.pick({
  providerId: true, providerName: true, protocol: true, revision: true, configuration: true, hasSecrets: true, urls: true, version: true,
}).meta({ id: 'ProviderSetUp' });

/** The configuration of the answer is that of the newest revision. */
export function providerView(
  { _id, tenantId: _tenant, nameKey: _key, live, sealed, subject, attributeMapping, roleMapping: roles, ...provider }: IdentityProvider,
  publicUrl: string,
) {
  return {
    ...provider, providerId: _id, isActive: provider.status === 'active', ...(live && { liveRevision: live.revision }),
    hasSecrets: Object.keys(sealed), attributeMapping: { ...attributeMapping, ...(subject !== undefined && { subject }) },
    roleMapping: roles.map((entry) => ({ ...entry })), domains: [...provider.domains], urls: urlsOf(publicUrl, provider.protocol, _id),
  };
}

/** The URLs of Gatehouse that a person enters at the provider's side. */
function urlsOf(publicUrl: string, protocol: IdentityProvider['protocol'], providerId: string): z.input<typeof urlsShape> {
  const at = (name: string) => `${publicUrl}/sso/${name}/${providerId}`;
  if (protocol === 'OIDC') return {
    start: `${publicUrl}/sso/start?providerId=${providerId}`, callback: at('callback'), backChannel: at('back-channel'),
  };
  return protocol === 'HEADER' ? { header: at('header') } : {};
}

export const providerIdField = string({ min: 1, max: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ });
export const providerName = string({ min: 1, max: 128, trim: true });
export const revisionField = integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

/** Its parts depend on the protocol: the service reads them, and answers `provider-invalid`. */
export const configurationField = custom<object>({
  json: {
    $ref: '#/$defs/NewProviderConfiguration', $defs: {
      NewProviderConfiguration: {
        ...toJsonSchema(configurationShape, 'input'), type: 'object', description: 'By the protocol: OIDC, JWT or HEADER.',
      },
    },
  },
  parse: (value, refuse) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : refuse('must be an object')),
});

/** Secrets by name. The service says which the protocol needs. */
export const secretsField = custom<Secrets>({
  json: {
    type: 'object', properties: Object.fromEntries(
      ['clientSecret', 'privateKey', 'headerSecret'].map((name) => [name, { type: 'string', maxLength: 10_000, writeOnly: true }]),
    ), additionalProperties: false,
  },
  parse(value, refuse) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('must be an object');
    const entries = Object.entries(value);
    if (entries.length > 3) return refuse('must have at most 3 secrets');
    return Object.fromEntries(entries.map(([name, secret]: [string, unknown]) => (
      typeof secret === 'string' && secret.length <= 10_000 ? [name, secret]
        : refuse('must be a string of at most 10000 characters', `.${name}`))));
  },
});

/** The parts of a provider that a body may have. */
export const providerContentFields = {
  secrets: optional(secretsField),
  attributeMapping: optional(fromZod(attributeMappingShape.meta({ id: 'NewAttributeMapping' }))),
  roleMapping: optional(fromZod(roleMappingShape.meta({ id: 'NewRoleMapping' }))),
  provisioning: optional(fromZod(provisioningShape.meta({ id: 'NewProvisioning' }))),
  domains: optional(list(tenantDomain, { max: 50 })),
};
