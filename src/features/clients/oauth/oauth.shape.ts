import { z } from 'zod';
import { optional, string } from '../../../http/input/fields.ts';

/** The fields with which a client may authenticate in the body. The size of the body is limited elsewhere. */
const clientFields = { client_id: optional(string({ max: 1_024 })), client_secret: optional(string({ max: 1_024 })) };

/** A token of any length that fits into the body: an unknown token is not active, but it is valid input. */
export const tokenFields = { token: string({ max: 102_400 }), token_type_hint: optional(string({ max: 102_400 })), ...clientFields };

const anyText = optional(string({ max: 102_400 }));

/** The fields of both grants. Those of a token exchange (RFC 8693 section 2.1) are optional: their absence has a code of its own. */
export const grantFields = {
  grant_type: string({ max: 1_024 }), scope: anyText, ...clientFields,
  subject_token: anyText, subject_token_type: anyText, requested_token_type: anyText, provider_id: optional(string({ max: 64 })),
  actor_token: anyText, actor_token_type: anyText, audience: anyText, resource: anyText,
};

export const tokenShape = z.object({
  access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number().int(), issued_token_type: z.string().optional(),
});

const seconds = z.number().int();
const inactiveShape = z.object({ active: z.literal(false) });
const activeShape = z.object({
  active: z.literal(true),
  client_id: z.string().optional(),
  username: z.string(),
  token_type: z.literal('Bearer').optional(),
  exp: seconds,
  iat: seconds,
  sub: z.string(),
  aud: z.string().optional(),
  iss: z.string(),
  jti: z.string().optional(),
  sid: z.string(),
  tenant: z.string(),
});
export const introspectionShape = z.union([activeShape, inactiveShape]);

const authMethods = z.array(z.enum(['client_secret_basic', 'client_secret_post']));
export const metadataShape = z.object({
  issuer: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: authMethods,
  introspection_endpoint: z.string(),
  introspection_endpoint_auth_methods_supported: authMethods,
  revocation_endpoint: z.string(),
  revocation_endpoint_auth_methods_supported: authMethods,
});
