import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { AppError, toProblem } from '../../../src/errors/errors.ts';
import { errorTable } from '../../../src/errors/table.ts';
import type { ErrorCode } from '../../../src/errors/table.ts';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import {
  boolean,
  custom,
  email,
  integer,
  isoDate,
  list,
  objectOf,
  oneOf,
  optional,
  password,
  string,
  wildcardPath,
  withDefault,
} from '../../../src/http/input/fields.ts';
import { createOpenApi } from '../../../src/http/openapi/openapi.ts';
import type { OpenApiOptions } from '../../../src/http/openapi/openapi.ts';
import { problemSchema } from '../../../src/http/openapi/openapi-errors.ts';
import { instant } from '../../../src/http/route/output.ts';
import { pageOf } from '../../../src/http/route/page-shape.ts';
import { closeAnswers, resolveResponse } from '../../support/client/closed-document.ts';
import type { PublishedDocument } from '../../support/client/closed-document.ts';

const routes = [
  defineRoute({
    method: 'GET',
    url: '/admin/load-user/:userId',
    id: 'getUsers',
    summary: 'Loads a user.',
    description: 'All of it.',
    errors: ['user-not-found'],
    input: {
      params: { userId: string({ max: 24 }) },
      query: {
        limit: withDefault(integer({ min: 1, max: 200 }), 50), from: isoDate(), ids: optional(list(string({ max: 9 }), { max: 3 })),
      },
    },
    output: pageOf(
      z.object({ userId: z.string(), createdAt: instant, note: z.string().optional(), device: z.object({ name: z.string() }).nullable() }),
    ),
    handler: () => ({ items: [], nextCursor: null }),
  }),
  defineRoute({
    method: 'PUT',
    url: '/admin/load-user/:userId',
    summary: 'Changes a user.',
    errors: ['email-taken', 'version-conflict'],
    input: {
      params: { userId: string({ max: 24 }) },
      body: {
        email: email(),
        password: optional(password()),
        isOpen: optional(boolean()),
        mode: withDefault(oneOf(['add', 'remove']), 'add'),
        device: optional(objectOf({ name: string({ max: 9, pattern: /^\w+$/ }) })),
        rights: optional(custom({ json: { type: 'array' }, parse: () => 1 })),
      },
    },
    handler: () => undefined,
  }),
  defineRoute({
    method: 'POST',
    url: '/users/login',
    summary: 'Logs in.',
    errors: ['invalid-credentials'],
    status: 201,
    input: { body: { mode: optional(boolean()) } },
    handler: () => undefined,
  }),
  defineRoute({ method: 'GET', url: '/', summary: 'Says hello.', errors: [], output: 'html', handler: () => ({ body: '' }) }),
  defineRoute({
    method: 'GET',
    url: '/docs/*path',
    summary: 'A file.',
    errors: ['file-not-found'],
    input: { params: { path: wildcardPath({ max: 9 }) } },
    output: 'file',
    handler: () => ({ contentType: 'x', body: '' }),
  }),
  defineRoute({ method: 'GET', url: '/hidden', summary: 'Not registered.', errors: [], handler: () => undefined }),
];

const subjects = [
  { name: 'users', about: { title: 'Users', description: 'People.' }, routes: routes.slice(0, 2) },
  { name: 'rest', routes: routes.slice(2) },
];
const options: OpenApiOptions = {
  title: 'Gatehouse',
  version: '1.2.3',
  accessOf: (_method, url) => (url.startsWith('/admin/') ? 'config' : url === '/hidden' ? undefined : 'simple'),
};
const api = createOpenApi(subjects, { ...options, closed: true });
const published = createOpenApi(subjects, options);

interface Operation {
  readonly operationId: string;
  readonly security: unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: object }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { readonly schema: object }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema?: object }> }>;
}
const asRead = JSON.parse(JSON.stringify(api)) as PublishedDocument; // as a client reads it
const paths = Object.fromEntries(Object.entries(asRead.paths).map(([path, operations]) => [path, Object.fromEntries(
  Object.entries(operations).map(([method, { responses, ...operation }]) => [method, { ...operation, responses: Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, resolveResponse(response, asRead)]),
  ) }]),
)])) as unknown as Record<string, Record<string, Operation>>;
const at = (method: string, path: string): Operation => {
  const operation = paths[path]?.[method];
  if (!operation) throw new Error(`No ${method} ${path}.`);
  return operation;
};

function createAjv(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true, formats: { password: true } });
  addFormats.default(ajv);
  ajv.addVocabulary(['components']); // where a $ref of the document points
  return ajv;
}

interface ProblemSchema {
  readonly allOf: readonly { readonly properties?: { readonly code: { readonly enum: readonly string[] } } }[];
}

describe('the OpenAPI document', () => {
  it('has a path for each registered URL, with parameters in braces', () => {
    expect(Object.keys(paths)).toEqual(['/admin/load-user/{userId}', '/users/login', '/', '/docs/{path}']);
    expect(Object.keys(paths['/admin/load-user/{userId}'] ?? {})).toEqual(['get', 'put']);
    expect(api).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Gatehouse', version: '1.2.3' },
      tags: [{ name: 'Users', description: 'People.' }, { name: 'rest' }],
    });
  });

  it('names operations, each differently', () => {
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids).toEqual(['getUsers', 'putAdminLoadUserByUserId', 'postUsersLogin', 'get', 'getDocsByPath']);
  });

  it('declares parameters, those of the path and the query', () => {
    expect(at('get', '/admin/load-user/{userId}').parameters).toMatchObject([
      { name: 'userId', in: 'path', required: true, schema: { type: 'string', minLength: 0, maxLength: 24 } },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
      { name: 'from', in: 'query', required: true, schema: { type: 'string', oneOf: [{ format: 'date-time' }, { format: 'date' }] } },
      {
        name: 'ids',
        in: 'query',
        required: false,
        schema: { type: 'array', items: { type: 'string', minLength: 0, maxLength: 9 }, minItems: 0, maxItems: 3 },
      },
    ]);
  });

  it('declares bodies, required if a field of them is', () => {
    expect(at('put', '/admin/load-user/{userId}').requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { required: ['email'], additionalProperties: false } } },
    });
    expect(at('post', '/users/login').requestBody).toMatchObject({ required: false });
    expect(at('get', '/').requestBody).toBeUndefined();
  });

  it('asks for the bearer token, except on simple URLs', () => {
    expect(at('get', '/admin/load-user/{userId}')).toMatchObject({ security: [{ bearer: [] }], 'x-access': 'config' });
    expect(at('post', '/users/login')).toMatchObject({ security: [], 'x-access': 'simple' });
  });

  it('lists errors by status, those of gate, validation and handler', () => {
    const codes = (method: string, path: string) =>
      Object.fromEntries(
        Object.entries(at(method, path).responses)
          .filter(([status]) => Number(status) >= 400)
          .map(([status, { content }]) => {
            const schema = content?.['application/problem+json']?.schema as ProblemSchema; // the form that openapi-errors gives
            return [status, schema.allOf[1]?.properties?.code.enum];
          }),
      );
    expect(codes('put', '/admin/load-user/{userId}')).toEqual({
      400: ['target-not-plain', 'authorization-repeated', 'host-not-plain', 'malformed-body'],
      401: [
        'token-missing', 'token-malformed', 'token-expired', 'token-invalid', 'token-not-yet-valid', 'session-ended',
        'token-of-other-tenant', 'user-disabled',
      ],
      403: ['right-missing', 'permission-missing', 'policy-denies'],
      409: ['version-conflict', 'email-taken'],
      413: ['body-too-large'],
      415: ['unsupported-media-type'],
      422: ['invalid-input'],
      429: ['too-many-requests'],
      500: ['route-mismatch', 'internal'],
      503: ['not-ready', 'overloaded', 'tenant-moving', 'database-unreachable'],
    });
    expect(Object.keys(codes('get', '/docs/{path}'))).toEqual(['400', '404', '422', '500', '503']);
  });

  it('has each error response once, with a name, and refers to it', () => {
    const { responses } = asRead.components;
    expect(Object.keys(responses ?? {})).toEqual(expect.arrayContaining(['NotFoundUserNotFound', 'ConflictVersionConflictOrEmailTaken']));
    const referred = Object.values(asRead.paths).flatMap((each) => Object.values(each)).flatMap((operation) => (
      Object.entries(operation.responses).filter(([status]) => Number(status) >= 400).map(([, response]) => response)));
    for (const response of referred) expect(Object.keys(response)).toEqual(['$ref']);
    expect(Object.keys(responses ?? {}).length).toBeLessThan(referred.length);
  });

  it('published, its answers are open to new fields and its requests are not; closed again it is the closed one', () => {
    const open = JSON.parse(JSON.stringify(published)) as PublishedDocument; // as a client reads it
    expect(JSON.stringify(open.paths['/admin/load-user/{userId}']?.['get']?.responses)).not.toContain('additionalProperties');
    expect(JSON.stringify(open.components)).not.toContain('"additionalProperties":false');
    expect(JSON.stringify(open.paths['/admin/load-user/{userId}']?.['put']?.requestBody)).toContain('"additionalProperties":false');
    expect(closeAnswers(open)).toEqual(asRead);
  });

  it('gives answers, their content by kind of output', () => {
    expect(Object.keys(at('get', '/').responses['200']?.content ?? {})).toEqual(['text/html']);
    expect(Object.keys(at('get', '/docs/{path}').responses['200']?.content ?? {})).toEqual(['*/*']);
    expect(at('post', '/users/login').responses['201']?.content).toBeUndefined();
    expect(at('put', '/admin/load-user/{userId}').responses['204']?.content).toBeUndefined();
  });

  it('a URL that needs a recent login, says so among its errors', () => {
    const document = JSON.stringify(createOpenApi(subjects, { ...options, needsRecentLogin: (method) => method === 'PUT' }));
    expect(document.split('"recent-login-required"')).toHaveLength(JSON.stringify(published).split('"recent-login-required"').length + 1);
  });

  it('a redirect whose errors are pages, has a Location, and each error as a page and as a problem', () => {
    const start = defineRoute({
      method: 'GET', url: '/start', summary: 'Redirects.', errors: ['user-not-found'], output: 'redirect', errorForm: 'page',
      handler: () => ({ location: '/', targets: ['/'] }),
    });
    const document = createOpenApi([{ name: 'start', routes: [start] }], options) as unknown as PublishedDocument; // what it is
    const responses = Object.entries(document.paths['/start']?.['get']?.responses ?? {}).map(
      ([status, response]) => [status, resolveResponse(response, document)] as const,
    );
    const found = responses.find(([status]) => status === '303')?.[1] as { headers?: object; content?: object } | undefined;
    expect([Object.keys(found?.headers ?? {}), found?.content]).toEqual([['Location'], undefined]);
    const errors = responses.filter(([status]) => status !== '303');
    expect(errors.map(([status]) => status)).toContain('404');
    for (const [, { content = {} }] of errors) expect(Object.keys(content)).toEqual(['application/problem+json', 'text/html']);
  });

  it('has JSON Schemas of draft 2020-12, all of which compile', () => {
    const schemas = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .flatMap(({ parameters = [], requestBody, responses }) => [
        ...parameters.map(({ schema }) => schema),
        ...[requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {})).flatMap(
          ({ schema }) => schema ?? [],
        ),
      ]);
    expect(schemas.length).toBeGreaterThan(30);
    for (const schema of schemas) expect(typeof createAjv().compile({ ...schema, components: api.components })).toBe('function');
  });

  it('describes answers as they are sent, unknown keys refused', () => {
    const schema = at('get', '/admin/load-user/{userId}').responses['200']?.content?.['application/json']?.schema ?? {};
    const fits = createAjv().compile(schema);
    const user = { userId: 'u1', createdAt: '2026-11-22T00:00:00.000Z', device: { name: 'phone' } };
    expect(fits({ items: [user, { ...user, note: 'x', device: null }], nextCursor: null })).toBe(true);
    expect(fits({ items: [{ ...user, passwordHash: 'x' }], nextCursor: null })).toBe(false);
    expect(fits({ items: [{ ...user, device: { name: 'phone', secret: 1 } }], nextCursor: null })).toBe(false);
    expect(fits({ items: [{ ...user, createdAt: 'today' }], nextCursor: null })).toBe(false);
  });

  it.each(Object.keys(errorTable) as ErrorCode[])('describes the problem %s as it is sent', (code) => {
    const fits = createAjv().compile(problemSchema);
    const problem = toProblem(
      new AppError(code, { errors: [{ field: 'body.x', message: 'is wrong' }], required: 'GET /x', users: 3 }),
      'request-0001',
    );
    expect([fits(JSON.parse(JSON.stringify(problem))), fits.errors]).toEqual([true, null]);
    expect(fits({ ...problem, stack: 'x' })).toBe(false);
  });
});
