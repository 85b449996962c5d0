import { z } from 'zod';
import type { Caller } from '../../../src/engine/caller.ts';
import { AppError } from '../../../src/errors/errors.ts';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import { boolean, email, integer, isoDate, oneOf, string, wildcardPath, withDefault } from '../../../src/http/input/fields.ts';
import { instant } from '../../../src/http/route/output.ts';
import { pageOf } from '../../../src/http/route/page-shape.ts';
import { createLogBook, faultyFields, serveRoutes } from './serve.ts';
import type { TestServer } from './serve.ts';

const userShape = z.object({ userId: z.string(), device: z.object({ name: z.string() }), createdAt: instant });
const stored = { userId: 'u1', passwordHash: '$2b$10$x', device: { name: 'phone', secret: 1 }, createdAt: new Date(0) };
// The gate alone makes callers; here only the fields that routes read count.
const caller = { userId: 'u1', tenantId: 'default', sessionId: 's1', username: 'ada', roles: ['user'] } as unknown as Caller;

const routes = [
  defineRoute({
    method: 'GET',
    url: '/users/load/:userId',
    summary: 'Loads.',
    errors: ['user-not-found'],
    input: { params: { userId: string({ max: 24 }) }, query: { limit: withDefault(integer({ min: 1, max: 200 }), 50) } },
    output: pageOf(userShape),
    handler: ({ input }) => ({ items: [{ ...stored, userId: `${input.params.userId} ${input.query.limit}` }], nextCursor: null }),
  }),
  defineRoute({
    method: 'POST',
    url: '/users/create',
    summary: 'Creates.',
    errors: ['email-taken'],
    status: 201,
    input: { body: { email: email() } },
    output: z.object({ email: z.string() }),
    handler: ({ input }) => {
      if (input.body.email === 'taken@example.org') throw new AppError('email-taken');
      return { email: input.body.email };
    },
  }),
  defineRoute({ method: 'POST', url: '/users/logout', summary: 'Ends.', errors: [], handler: () => undefined }),
  defineRoute({
    method: 'GET',
    url: '/profile/me',
    summary: 'Shows.',
    errors: [],
    output: z.object({ userId: z.string(), request: z.record(z.string(), z.string()) }),
    handler({ caller: me, request: all }) {
      const {
        cookie: _cookie, authorization: _authorization, requireAllowed: _allowed, headerValues: _values, peerAddress: _peer, rawQuery,
        cookieNames, ...request
      } = all;
      return { userId: me.userId, request: { ...request, rawQuery: rawQuery(), cookieNames: cookieNames().join() } };
    },
  }),
  defineRoute({
    method: 'POST',
    url: '/users/login',
    summary: 'Sets a header.',
    errors: ['invalid-credentials'],
    input: { body: { ok: boolean() } },
    output: z.object({ cookie: z.string().nullable() }),
    handler: ({ input, request, setHeader }) => {
      setHeader('Set-Cookie', 'a=1');
      setHeader('Set-Cookie', 'a=2');
      setHeader('set-cookie', 'b=3; Path=/');
      setHeader('Set-Cookie', '__Host-login_1=; Path=/; Secure; max-age=0; HttpOnly');
      setHeader('Cache-Control', 'public');
      if (!input.body.ok) throw new AppError('invalid-credentials');
      return { cookie: request.cookie('a') };
    },
  }),
  defineRoute({
    // A store may hold what no type knows of.
    method: 'GET',
    url: '/users/broken',
    summary: 'Answers what it never declared.',
    errors: [],
    output: userShape,
    handler: () => ({ userId: 7 }) as never,
  }),
  defineRoute({
    method: 'GET',
    url: '/users/fails',
    summary: 'Fails.',
    errors: [],
    handler: () => {
      throw new TypeError('secret inside');
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/page',
    summary: 'A page.',
    errors: [],
    output: 'html',
    handler: () => ({ body: '<p>Hello</p>', headers: { 'Content-Security-Policy': 'x' } }),
  }),
  defineRoute({
    method: 'GET',
    url: '/files/*path',
    summary: 'A file.',
    errors: [],
    output: 'file',
    cacheControl: 'public, max-age=60',
    input: { params: { path: wildcardPath({ max: 20 }) } },
    handler: ({ input }) => ({ contentType: 'text/css', body: input.params.path }),
  }),
  defineRoute({
    method: 'GET',
    url: '/leave/:where',
    summary: 'Redirects, by the query as it was sent.',
    errors: [],
    ignoresQuery: true,
    input: { params: { where: string({ max: 20 }) } },
    output: 'redirect',
    handler: ({ input: { params: { where } }, request, setHeader }) => {
      setHeader('Set-Cookie', 'login=1');
      return { location: `https://${where}/start?${request.rawQuery()}`, targets: ['https://idp.example/start'] };
    },
  }),
  defineRoute({
    method: 'GET',
    url: '/audit/load',
    summary: 'Dates.',
    errors: [],
    output: z.object({ from: instant, sort: z.string() }),
    input: { query: { from: isoDate(), sort: withDefault(oneOf(['new', 'old']), 'new') } },
    handler: ({ input }) => input.query,
  }),
];

describe('mounted routes', () => {
  let server: TestServer;
  const log = createLogBook();
  beforeAll(async () => {
    server = await serveRoutes(routes, { logger: log, takePass: (request) => (request.headers['x-test-caller'] ? caller : null) });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    log.lines.length = 0;
  });

  it('answer, valid input, cut down to the declared shape and not stored', async () => {
    const answer = await server.call('GET', '/users/load/ab?limit=7');
    expect(answer.status).toBe(200);
    expect(answer.json)
      .toEqual({ items: [{ userId: 'ab 7', device: { name: 'phone' }, createdAt: '1970-01-01T00:00:00.000Z' }], nextCursor: null });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' });
    expect(answer.headers['etag']).toBeUndefined();
  });

  it('answer, query left out, the default counts', async () => {
    expect((await server.call('GET', '/users/load/ab')).json).toMatchObject({ items: [{ userId: 'ab 50' }] });
  });

  it('answer, the declared status and 204 without an output', async () => {
    expect(await server.call('POST', '/users/create', { body: { email: 'Ada@Example.org' } })).toMatchObject({
      status: 201,
      json: { email: 'Ada@Example.org' },
    });
    expect(await server.call('POST', '/users/logout')).toMatchObject({ status: 204, text: '', headers: { 'cache-control': 'no-store' } });
  });

  it('answer, HEAD, as GET without a body', async () => {
    const answer = await server.call('HEAD', '/users/load/ab');
    expect(answer).toMatchObject({ status: 200, text: '' });
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(10);
  });

  it('answer, headers that the handler set, none over the usual ones, and cookies, one of each name; on an error, ended ones', async () => {
    const answer = await server.call('POST', '/users/login', { headers: { Cookie: 'b=7; a=8' }, body: { ok: true } });
    expect(answer).toMatchObject({ status: 200, json: { cookie: '8' }, headers: { 'cache-control': 'no-store' } });
    const endedCookie = '__Host-login_1=; Path=/; Secure; max-age=0; HttpOnly';
    expect(answer.headers['set-cookie']).toEqual(['a=2', 'b=3; Path=/', endedCookie]);
    const refused = await server.call('POST', '/users/login', { body: { ok: false } });
    expect(refused).toMatchObject({ status: 401, headers: { 'cache-control': 'no-store' } });
    expect(refused.headers['set-cookie']).toEqual([endedCookie]);
  });

  it('answer, an AppError of the handler, its problem', async () => {
    const answer = await server.call('POST', '/users/create', { body: { email: 'taken@example.org' } });
    expect(answer)
      .toMatchObject({ status: 409, json: { code: 'email-taken', statusCode: 409, requestId: answer.headers['x-request-id'] } });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    expect(log.lines).toEqual([]);
  });

  it('answer, an output of the wrong form or an unknown error, 500 that tells nothing and is logged', async () => {
    for (const url of ['/users/broken', '/users/fails']) {
      const answer = await server.call('GET', url);
      expect(answer).toMatchObject({ status: 500, json: { code: 'internal' } });
      expect(answer.text).not.toMatch(/secret|TypeError|mount-routes|expected/);
    }
    expect(log.lines).toHaveLength(2);
    expect(JSON.stringify(log.lines[1])).toContain('secret inside');
  });

  it('answer, pages and files, with their types and headers', async () => {
    expect(await server.call('GET', '/page')).toMatchObject({
      status: 200,
      text: '<p>Hello</p>',
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': 'x', 'cache-control': 'no-store' },
    });
    expect(await server.call('GET', '/files/a/b.css')).toMatchObject({
      status: 200,
      text: 'a/b.css',
      headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=60' },
    });
    expect(faultyFields(await server.call('GET', `/files/${'a'.repeat(21)}`))).toEqual(['params.path']);
  });

  it('answer, a redirect, 303 without a body, with the query as it was sent; to another place, 500 without cookies', async () => {
    const answer = await server.call('GET', '/leave/idp.example?a=%41+b&a=x%2F');
    expect(answer).toMatchObject({
      status: 303, text: '',
      headers: {
        'location': 'https://idp.example/start?a=%41+b&a=x%2F', 'cache-control': 'no-store', 'set-cookie': ['login=1'],
        'content-length': '0',
        'referrer-policy': 'no-referrer',
      },
    });
    const refused = await server.call('GET', '/leave/evil.example?secret=1');
    expect(refused).toMatchObject({ status: 500, json: { code: 'internal' } });
    expect([refused.headers['location'], refused.headers['set-cookie']]).toEqual([undefined, undefined]);
    expect(JSON.stringify(log.lines)).toContain('https://evil.example/start');
    expect(JSON.stringify(log.lines)).not.toContain('secret=1');
  });

  it('answer, dates in a query, as instants', async () => {
    expect((await server.call('GET', '/audit/load?from=2026-11-22')).json).toEqual({ from: '2026-11-22T00:00:00.000Z', sort: 'new' });
    expect((await server.call('GET', '/audit/load?from=2026-11-22T01:00:00%2B01:00&sort=old')).json).toEqual({
      from: '2026-11-22T00:00:00.000Z',
      sort: 'old',
    });
  });

  it.each([
    ['a name twice', '/users/load/ab?limit=1&limit=2', ['query.limit']],
    ['an unknown name', '/users/load/ab?limit=1&x=2', ['query.x']],
    ['an unknown name on a route without input', '/profile/me?x', ['query.x']],
    ['inherited names', '/profile/me?toString=1&__proto__=2&constructor=3', ['query.toString', 'query.__proto__', 'query.constructor']],
    ['no number', '/users/load/ab?limit=ten', ['query.limit']],
    ['a number out of range', '/users/load/ab?limit=201', ['query.limit']],
    ['nothing for a number', '/users/load/ab?limit=', ['query.limit']],
    ['an operator', '/users/load/ab?limit[$gt]=1', ['query.limit[$gt]']],
    ['a long parameter', `/users/load/${'a'.repeat(25)}`, ['params.userId']],
    ['a NUL character', '/users/load/a%00b', ['params.userId']],
    ['a date that does not exist', '/audit/load?from=2026-02-30', ['query.from']],
    ['a time without a zone', '/audit/load?from=2026-11-22T10:00:00', ['query.from']],
    ['a missing and a wrong one', '/audit/load?sort=best', ['query.from', 'query.sort']],
  ])('refuse, %s in the URL, 422 that names the field', async (_situation, target, fields) => {
    const answer = await server.call('GET', target);
    expect(answer).toMatchObject({ status: 422, json: { code: 'invalid-input' } });
    expect(faultyFields(answer)).toEqual(fields);
  });

  it('answer, a gate without a caller, 401 when the handler asks who it is', async () => {
    expect(await server.call('GET', '/profile/me')).toMatchObject({
      status: 401,
      json: { code: 'token-missing' },
      headers: { 'www-authenticate': 'Bearer realm="gatehouse"' },
    });
  });

  it('tell the handler, a caller and a request, who and from where, without the query', async () => {
    const answer = await server.call('GET', '/profile/me?', {
      headers: { 'X-Test-Caller': '1', 'User-Agent': 'x'.repeat(600), 'X-Request-Id': 'request-0001' },
    });
    expect(answer.json).toEqual({
      userId: 'u1',
      request: {
        ip: '127.0.0.1',
        host: '127.0.0.1',
        method: 'GET',
        url: '/profile/me',
        rawQuery: '',
        cookieNames: '',
        requestId: 'request-0001',
        sessionId: 's1',
        userId: 'u1',
        userAgent: 'x'.repeat(500),
      },
    });
  });

  it('answer, a parameter that cannot be decoded, 400', async () => {
    expect(await server.call('GET', '/users/load/%E0%A4%A')).toMatchObject({ status: 400, json: { code: 'target-not-plain' } });
  });
});
