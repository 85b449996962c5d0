import { STATUS_CODES } from 'node:http';
import type { AccessClass } from '../../engine/urls/registered-url.ts';
import { errorTable } from '../../errors/table.ts';
import type { ErrorCode } from '../../errors/table.ts';
import type { RouteDefinition } from '../route/define-route.ts';
import type { JsonSchema } from '../input/field.ts';
import { oauthCodeOf, oauthStatusOf } from '../response/oauth-error.ts';

/** The errors that the front door and the gate may send for any URL. */
const everywhere: readonly ErrorCode[] = [
  'target-not-plain', 'authorization-repeated', 'host-not-plain', 'invalid-input', 'database-unreachable', 'tenant-moving',
  'not-ready', 'overloaded', 'route-mismatch', 'internal',
];
/** The errors that are sent before the route is reached, so they never have the error form of the route. */
const atTheGate: readonly ErrorCode[] = ['target-not-plain', 'authorization-repeated', 'host-not-plain', 'not-ready', 'overloaded'];
/** The errors that the gate may send if a session is needed. */
const gated: readonly ErrorCode[] = [
  'token-missing', 'token-malformed', 'token-expired', 'token-invalid', 'token-not-yet-valid', 'token-of-other-tenant',
  'session-ended', 'user-disabled', 'too-many-requests', 'right-missing', 'permission-missing', 'policy-denies',
];
const allCodes = Object.keys(errorTable) as ErrorCode[]; // its own keys
/** The errors of reading a body. */
const reading: readonly ErrorCode[] = ['malformed-body', 'body-too-large', 'unsupported-media-type'];

/** An error response with a proposal for its name in `components/responses`. */
export interface ErrorResponse {
  readonly name: string;
  /** The same for equal responses. */
  readonly key: string;
  readonly describe: () => JsonSchema;
}

/** The error responses of a route, by status. Errors of the gate are always problems. */
export function describeErrors(
  { input, ignoresQuery, errors, errorForm }: RouteDefinition, access: AccessClass, operationId: string,
): Record<string, ErrorResponse> {
  const readsNothing = ignoresQuery && !input.params && !input.body && !input.query;
  const anywhere = everywhere.filter((code) => code !== 'invalid-input' || !readsNothing);
  const codes = new Set([...anywhere, ...(access === 'simple' ? [] : gated), ...(input.body ? reading : []), ...errors]);
  const byStatus = new Map<number, ErrorCode[]>();
  // In the order of the table, so that routes with the same errors share a response.
  for (const code of allCodes.filter((each) => codes.has(each))) {
    const status = errorForm === 'oauth' ? oauthStatusOf(code) : errorTable[code].status;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const describe = { oauth: describeOAuthError, page: describePage, problem: describeProblem }[errorForm];
  return Object.fromEntries([...byStatus].map(([status, group]) => {
    const own = group.filter((code) => errors.includes(code));
    const key = [errorForm, status, ...group].join(' ');
    return [status, { name: nameOf(status, own, operationId), key, describe: () => describe(status, group) }];
  }));
}

/** The errors of naming another tenant, which many routes have. */
const inTenant = ['TenantNotFound', 'TenantNotYours'];

/** Such as `Conflict`, `ConflictEmailTaken`, or `ConflictOfCreateRole` where many own codes are possible. */
function nameOf(status: number, own: readonly ErrorCode[], operationId: string): string {
  const base = pascal((STATUS_CODES[status] ?? String(status)).replace(/\W+/g, '-'));
  const telling = own.map(pascal).filter((name) => name !== base && !inTenant.includes(name));
  const acts = telling.length < own.length && own.map(pascal).some((name) => inTenant.includes(name)) ? 'InTenant' : '';
  return base + (telling.length > 2 ? `Of${pascal(operationId)}` : telling.join('Or') + acts);
}

function pascal(text: string): string {
  return text.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function describeProblem(status: number, codes: readonly ErrorCode[]): JsonSchema {
  const headers = headersByStatus[status];
  return {
    description: codes.map((code) => `- ${code}: ${errorTable[code].detail}`).join('\n'),
    ...(headers && { headers }),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { status: { const: status }, code: { enum: codes } } }] },
      },
    },
  };
}

/** A person gets a page, and a client that accepts JSON gets a problem. */
function describePage(status: number, codes: readonly ErrorCode[]): JsonSchema {
  const problem = describeProblem(status, codes);
  return { ...problem, content: { ...problem['content'] as JsonSchema, ...htmlContent } }; // an object, as describeProblem wrote it
}

function describeOAuthError(status: number, codes: readonly ErrorCode[]): JsonSchema {
  const headers = headersByStatus[status];
  const names = [...new Set(codes.map(oauthCodeOf))];
  const problems = codes.some((code) => atTheGate.includes(code)) ? describeProblem(status, codes)['content'] : {};
  return {
    description: codes.map((code) => `- ${oauthCodeOf(code)}: ${errorTable[code].detail}`).join('\n'),
    ...(headers && { headers }),
    content: {
      'application/json': { schema: { allOf: [{ $ref: '#/components/schemas/OAuthError' }, { properties: { error: { enum: names } } }] } },
      ...(problems as JsonSchema), // an object, as describeProblem wrote it
    },
  };
}

const htmlContent = { 'text/html': { schema: { type: 'string' } } };
const retryAfter = { description: 'Seconds to wait.', schema: { type: 'integer' } };

const headersByStatus: Readonly<Record<number, JsonSchema>> = {
  401: { 'WWW-Authenticate': { description: 'RFC 6750 section 3, or RFC 7617.', schema: { type: 'string' } } },
  429: {
    'Retry-After': retryAfter,
    'RateLimit-Policy': {
      description: 'The limit: its name, quota and window in seconds (draft-ietf-httpapi-ratelimit-headers).', schema: { type: 'string' },
    },
    'RateLimit': { description: 'The rest of the quota, and the seconds to wait.', schema: { type: 'string' } },
  },
  503: { 'Retry-After': retryAfter },
};

const text = { type: 'string' };

/** The JSON Schema of every error response: the interface Problem of errors.ts. */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'RFC 9457, and the fields that clients of Nest, Fastify and Auth0 expect.',
  properties: {
    type: { ...text, format: 'uri' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    statusCode: { type: 'integer' },
    error: text,
    message: text,
    code: { ...text, enum: Object.keys(errorTable) },
    requestId: text,
    errors: {
      type: 'array',
      items: { type: 'object', properties: { field: text, message: text }, required: ['field', 'message'], additionalProperties: false },
    },
    required: { ...text, description: 'The missing right.' },
    users: { type: 'integer', description: 'The number of users who have the role.' },
    reference: { ...text, description: 'The id by which an administrator finds what happened.' },
    call: { type: 'integer', minimum: 0, description: 'Which of several previewed calls was refused, from 0.' },
  },
  required: ['type', 'title', 'status', 'detail', 'statusCode', 'error', 'message', 'code', 'requestId'],
  additionalProperties: false,
};

/** The JSON Schema of the errors of OAuth routes. */
export const oauthErrorSchema: JsonSchema = {
  type: 'object',
  description: 'RFC 6749 section 5.2.',
  properties: { error: text, error_description: text },
  required: ['error', 'error_description'],
  additionalProperties: false,
};
