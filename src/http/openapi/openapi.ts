import type { Method } from '../../engine/urls/method.ts';
import type { AccessClass } from '../../engine/urls/registered-url.ts';
import { parsePattern } from '../../engine/urls/url-pattern.ts';
import type { BodyForm, RouteDefinition, RouteOutput } from '../route/define-route.ts';
import { toObjectSchema } from '../input/field.ts';
import type { Fields, JsonSchema } from '../input/field.ts';
import { toJsonSchema } from '../input/from-zod.ts';
import { isListBody } from '../input/read-input.ts';
import type { ListBody } from '../input/read-input.ts';
import { moveDefinitions, openAnswers } from './named-schemas.ts';
import type { NamedSchemas } from './named-schemas.ts';
import { describeErrors, oauthErrorSchema, problemSchema } from './openapi-errors.ts';

/** The routes about one subject, as the document groups them. */
export interface DocumentedSubject {
  readonly name: string;
  /** A title and a sentence for readers. Without it, the subject is shown by its name. */
  readonly about?: { readonly title: string; readonly description: string };
  readonly routes: readonly RouteDefinition[];
}

export interface OpenApiOptions {
  readonly title: string;
  readonly version: string;
  /** The access class of a URL; undefined if it is not registered. The document leaves such a URL out. */
  readonly accessOf: (method: Method, url: string) => AccessClass | undefined;
  /** Whether a registered URL needs a recent login. */
  readonly needsRecentLogin?: (method: Method, url: string) => boolean;
  /** Keeps the schemas of answers closed, as the server sends them. By default they are open to fields of later versions. */
  readonly closed?: boolean;
}

/** The error responses by name. */
type ErrorResponses = Map<string, { readonly key: string; readonly response: JsonSchema }>;

/** An OpenAPI 3.1 document that can be sent as JSON. */
export type OpenApiDocument = Readonly<Record<'openapi' | 'info' | 'servers' | 'tags' | 'paths' | 'components', unknown>>;

/**
 * Describes routes as OpenAPI 3.1.0, in the order of their subjects.
 *
 * Each operation lists every error code that the gate, the validation and the handler can send, by status. It does not list the
 * errors of requests that reach no operation: 404 `unknown-url` and 405 `method-not-allowed`.
 */
export function createOpenApi(
  subjects: readonly DocumentedSubject[], { title, version, accessOf, needsRecentLogin = () => false, closed = false }: OpenApiOptions,
): OpenApiDocument {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const tags = new Map<string, JsonSchema>();
  const sent: NamedSchemas = new Map();
  const answered: NamedSchemas = new Map([['Problem', problemSchema], ['OAuthError', oauthErrorSchema]]);
  const responses: ErrorResponses = new Map();
  for (const { name, about, routes } of subjects) {
    const tag = about?.title ?? name;
    for (const declared of routes) {
      const access = accessOf(declared.method, declared.url);
      const route = needsRecentLogin(declared.method, declared.url) ? withRecentLogin(declared) : declared;
      if (!access) continue;
      tags.set(tag, { name: tag, ...(about && { description: about.description }) });
      const success = moveDefinitions(describeSuccess(route), answered);
      (paths[toOpenApiPath(route.url)] ??= {})[route.method.toLowerCase()] = {
        ...(moveDefinitions(describeRequest(route, access, tag), sent) as JsonSchema), // an operation stays one
        responses: {
          [route.status]: success, ...(isOptional(route) && { 204: nothing }), ...(route.hasEtag && { 304: notModified }),
          ...referToErrors(route, access, responses),
        },
      };
    }
  }
  const twice = [...sent.keys()].filter((name) => answered.has(name));
  if (twice.length > 0) throw new Error(`Schemas of requests are closed and those of answers are open: ${twice.join(', ')} is both.`);
  const finish = closed ? <T>(part: T) => part : openAnswers;
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: '/' }],
    tags: [...tags.values()],
    paths: Object.fromEntries(Object.entries(paths).map(([path, operations]) => [path, openEach(operations, finish)])),
    components: {
      schemas: { ...Object.fromEntries(sent), ...finish(Object.fromEntries(answered)) },
      responses: finish(Object.fromEntries([...responses].map(([name, { response }]) => [name, response]))),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access_token from the response of a login.' },
      },
    },
  };
}

function withRecentLogin(route: RouteDefinition): RouteDefinition {
  return { ...route, errors: [...route.errors, 'recent-login-required'] };
}

function openEach(operations: Record<string, JsonSchema>, finish: <T>(part: T) => T): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(operations).map(([method, { responses, ...request }]) => [
    method, { ...request, responses: finish(responses) },
  ]));
}

/** Puts each error response of a route among the `responses`, unless an equal one is there, and refers to it. */
function referToErrors(route: RouteDefinition, access: AccessClass, responses: ErrorResponses): Record<string, JsonSchema> {
  const described = Object.entries(describeErrors(route, access, operationIdOf(route)));
  return Object.fromEntries(described.map(([status, { name, key, describe }]) => {
    let free = name;
    for (let number = 2; (responses.get(free)?.key ?? key) !== key; number += 1) free = `${name}${number}`;
    if (!responses.has(free)) responses.set(free, { key, response: describe() });
    return [status, { $ref: `#/components/responses/${free}` }];
  }));
}

function describeRequest(route: RouteDefinition, access: AccessClass, tag: string): JsonSchema {
  const { summary, description, input, bodyRules = [] } = route;
  const parameters = [...describeParameters('path', input.params ?? {}), ...describeParameters('query', input.query ?? {})];
  return {
    operationId: operationIdOf(route),
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    'x-access': access,
    security: access === 'simple' ? [] : [{ bearer: [] }],
    ...(parameters.length > 0 && { parameters }),
    ...(input.body && { requestBody: describeBody(input.body, route.bodyForm, bodyRules) }),
  };
}

function describeParameters(where: 'path' | 'query', fields: Fields): JsonSchema[] {
  return Object.entries(fields).map(([name, field]) => ({
    name, in: where, required: where === 'path' || field.presence === 'required', schema: field.json,
  }));
}

function describeBody(body: Fields | ListBody, form: BodyForm, rules: readonly JsonSchema[]): JsonSchema {
  const required = rules.length > 0 || isListBody(body) || Object.values(body).some((field) => field.presence === 'required');
  // Undeclared parameters of a form are ignored.
  const fields = isListBody(body) ? body.json : { ...toObjectSchema(body), ...(form === 'form' && { additionalProperties: true }) };
  const schema = { ...fields, ...(rules.length > 1 ? { allOf: rules } : rules[0]) };
  return { required, content: { [form === 'form' ? 'application/x-www-form-urlencoded' : 'application/json']: { schema } } };
}

function describeSuccess({ output, status, hasEtag }: RouteDefinition): JsonSchema {
  if (output === 'redirect') return { description: 'Go on at the URL in Location.', headers: location };
  const content = describeContent(output);
  return {
    description: status === 204 ? 'Done, without content.' : 'Done.', ...(hasEtag && { headers: etag }), ...(content && { content }),
  };
}

/** Whether an answer may have no content. */
function isOptional({ output }: RouteDefinition): boolean {
  return typeof output === 'object' && output.safeParse(undefined).success;
}

const nothing = { description: 'Done, without content.' };

const location = { Location: { description: 'Where to go on.', schema: { type: 'string', format: 'uri-reference' } } };

const etag = { ETag: { description: 'Send it as If-None-Match with the next request.', schema: { type: 'string' } } };
const notModified = { description: 'Nothing has changed since the answer whose ETag is in If-None-Match.', headers: etag };

function describeContent(output: Exclude<RouteOutput, 'redirect'>): JsonSchema | undefined {
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

/** Without an id, `GET /admin/load-user/:userId` is `getAdminLoadUserByUserId`. It is unique, like URL and method. */
function operationIdOf({ id, method, url }: RouteDefinition): string {
  if (id !== undefined) return id;
  const { segments } = parsePattern(url);
  const words = segments.flatMap((segment) => (segment.kind === 'literal' ? segment.text.split(/[^A-Za-z0-9]+/) : ['by', segment.name]));
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
