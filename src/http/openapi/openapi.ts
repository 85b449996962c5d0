import type { Method } from '../../engine/urls/method.ts';
import type { AccessClass } from '../../engine/urls/registered-url.ts';
import { parsePattern } from '../../engine/urls/url-pattern.ts';
import type { BodyForm, RouteDefinition, RouteOutput } from '../route/define-route.ts';
import { toObjectSchema } from '../input/field.ts';
import type { Fields, JsonSchema } from '../input/field.ts';
import { toJsonSchema } from '../input/from-zod.ts';
import { isListBody } from '../input/read-input.ts';
import type { ListBody } from '../input/read-input.ts';
import { describeErrors, oauthErrorSchema, problemSchema } from './openapi-errors.ts';

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  /** The access class of a URL; undefined if it is not registered. The document leaves such a URL out. */
  readonly accessOf: (method: Method, url: string) => AccessClass | undefined;
}

/** An OpenAPI 3.1 document that can be sent as JSON. */
export type OpenApiDocument = Readonly<
  Record<'openapi' | 'info' | 'servers' | 'tags' | 'paths' | 'components', unknown>
>;

/**
 * Describes routes as OpenAPI 3.1.0.
 *
 * Each operation lists every error code that the gate, the validation and the handler can send, by status. It does not list the
 * errors of requests that reach no operation: 404 `unknown-url` and 405 `method-not-allowed`.
 */
export function createOpenApi(routes: readonly RouteDefinition[], { title, version, accessOf }: OpenApiOptions): OpenApiDocument {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const tags = new Set<string>();
  for (const route of routes) {
    const access = accessOf(route.method, route.url);
    if (!access) continue;
    const operation = describeOperation(route, access);
    tags.add(tagOf(route.url));
    (paths[toOpenApiPath(route.url)] ??= {})[route.method.toLowerCase()] = operation;
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: '/' }],
    tags: [...tags].sort().map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problemSchema, OAuthError: oauthErrorSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access_token from the response of a login.' },
      },
    },
  };
}

function describeOperation(route: RouteDefinition, access: AccessClass): JsonSchema {
  const { method, url, summary, description, input } = route;
  const parameters = [...describeParameters('path', input.params ?? {}), ...describeParameters('query', input.query ?? {})];
  return {
    operationId: operationIdOf(method, url),
    summary,
    ...(description !== undefined && { description }),
    tags: [tagOf(url)],
    'x-access': access,
    security: access === 'simple' ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(input.body && { requestBody: describeBody(input.body, route.bodyForm) }),
    responses: { [route.status]: describeSuccess(route), ...describeErrors(route, access) },
  };
}

function describeParameters(where: 'path' | 'query', fields: Fields): JsonSchema[] {
  return Object.entries(fields).map(([name, field]) => ({
    name, in: where, required: where === 'path' || field.presence === 'required', schema: field.json,
  }));
}

function describeBody(body: Fields | ListBody, form: BodyForm): JsonSchema {
  const required = isListBody(body) || Object.values(body).some((field) => field.presence === 'required');
  // Undeclared parameters of a form are ignored.
  const schema = isListBody(body) ? body.json : { ...toObjectSchema(body), ...(form === 'form' && { additionalProperties: true }) };
  return { required, content: { [form === 'form' ? 'application/x-www-form-urlencoded' : 'application/json']: { schema } } };
}

function describeSuccess({ output, status }: RouteDefinition): JsonSchema {
  const content = describeContent(output);
  return { description: status === 204 ? 'Done, without content.' : 'Done.', ...(content && { content }) };
}

function describeContent(output: RouteOutput): JsonSchema | undefined {
  if (output === undefined) return undefined;
  if (output === 'html') return { 'text/html': { schema: { type: 'string' } } };
  if (output === 'text') return { 'text/plain': { schema: { type: 'string' } } };
  if (output === 'lines') return { 'application/x-ndjson': { schema: { type: 'string' } } };
  if (output === 'file') return { '*/*': {} };
  return { 'application/json': { schema: toJsonSchema(output, 'output') } };
}

function toOpenApiPath(url: string): string {
  return parsePattern(url).url.split('/').map((part) => part.replace(/^[:*](\w+)$/, '{$1}')).join('/');
}

function tagOf(url: string): string {
  const [first] = parsePattern(url).segments;
  return first?.kind === 'literal' ? first.text : 'start';
}

/** `GET /admin/load-user/:userId` is `getAdminLoadUserByUserId`. It is unique, like URL and method. */
function operationIdOf(method: Method, url: string): string {
  const { segments } = parsePattern(url);
  const words = segments.flatMap((segment) => (segment.kind === 'literal' ? segment.text.split(/[^A-Za-z0-9]+/) : ['by', segment.name]));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
