import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { rawRequest } from '../../gatehouse/raw-request.ts';
import { loadEndpoints } from '../../gatehouse/registered.ts';

const app = 'https://app.example.com';
const local = 'http://localhost:5173';
const superadmin = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' };
const strangers = [
  'https://evil.example', 'https://app.example.com.evil.example', 'https://xapp.example.com', 'http://app.example.com',
  'https://APP.example.com',
  'https://app.example.com:443', 'https://app.example.com/', 'https://app.example.com, https://evil.example', 'http://localhost',
  'http://localhost:51730', 'null', '*',
];

const corsHeadersOf = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));
const preflightFor = (origin: string) => ({
  'Origin': origin, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'authorization,content-type',
});

describe('cross-origin calls', () => {
  let server: TestGatehouse;
  beforeAll(async () => {
    server = await startGatehouse({ settings: testSettings({ ...superadmin, CORS_ORIGINS: `${app},${local}` }) });
  });
  const ask = (method: string, path: string, headers: Record<string, string>) => fetch(`${server.origin}${path}`, { method, headers });

  it('listed origin, on any answer, errors included, is named alone and may read the headers that matter', async () => {
    const kinds = { '/livez': 200, '/profile/me': 401, '/nowhere': 404, '/users/login': 405, '/a//b': 400, '/docs/start.js': 200 };
    for (const origin of [app, local]) {
      for (const [path, status] of Object.entries(kinds)) {
        const answer = await ask('GET', path, { Origin: origin });
        const { headers } = answer;
        expect({ path, status: answer.status, origin: headers.get('access-control-allow-origin'), vary: headers.get('vary') })
          .toEqual({ path, status, origin, vary: 'Origin' });
        expect(headers.get('access-control-expose-headers'))
          .toBe('X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,WWW-Authenticate,Allow,ETag');
        expect(headers.has('access-control-allow-credentials')).toBe(false);
      }
    }
  });

  it('preflight of a listed origin, for any URL, is answered before the gate: no token, no record', async () => {
    const fresh = await startGatehouse({ settings: testSettings({ ...superadmin, CORS_ORIGINS: app }) });
    for (const path of ['/roles/update-rights', '/profile/me', '/livez', '/nowhere', '/a//b']) {
      const { status, headers } = await fetch(`${fresh.origin}${path}`, { method: 'OPTIONS', headers: preflightFor(app) });
      expect({ path, status }).toEqual({ path, status: 204 });
      expect(headers.get('access-control-allow-origin')).toBe(app);
      expect(headers.get('access-control-allow-methods')?.split(','))
        .toEqual(expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']));
      expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type');
      expect(headers.get('access-control-max-age')).toBe('600');
      expect(headers.has('allow')).toBe(false);
    }
    await fresh.gatehouse.close(); // which writes what is to be recorded
    expect(await fresh.stores.auditRecords.countDocuments({ tenantId: 'default', result: 'refused' })).toBe(0);
    await fresh.close();
  });

  it('other origin, however alike, gets no cross-origin header, and its OPTIONS is the gate\'s to answer', async () => {
    for (const origin of strangers) {
      const answer = await ask('GET', '/livez', { Origin: origin });
      expect({ origin, status: answer.status, headers: corsHeadersOf(answer.headers), vary: answer.headers.get('vary') })
        .toEqual({ origin, status: 200, headers: [], vary: 'Origin' });
      const preflight = await ask('OPTIONS', '/profile/me', preflightFor(origin));
      expect({ origin, status: preflight.status, headers: corsHeadersOf(preflight.headers), allow: preflight.headers.get('allow') })
        .toEqual({ origin, status: 204, headers: [], allow: 'GET, HEAD, OPTIONS' });
      expect((await ask('OPTIONS', '/nowhere', preflightFor(origin))).status).toBe(404);
    }
  });

  it('OPTIONS of a listed origin that is no preflight, is the gate\'s to answer, and may be read', async () => {
    const known = await ask('OPTIONS', '/profile/me', { Origin: app });
    expect([known.status, known.headers.get('allow'), known.headers.get('access-control-allow-origin')])
      .toEqual([204, 'GET, HEAD, OPTIONS', app]);
    expect((await ask('OPTIONS', '/nowhere', { Origin: app })).status).toBe(404);
  });

  it('two Origin headers, one of them listed, name no other origin', async () => {
    for (const origins of [[app, 'https://evil.example'], ['https://evil.example', app]]) {
      const { headers } = await rawRequest(server.origin, 'GET /livez HTTP/1.1', origins.map((origin) => `Origin: ${origin}`));
      expect(headers.get('access-control-allow-origin') ?? []).not.toContain('https://evil.example');
    }
  });
});

describe('answers', () => {
  let server: TestGatehouse;
  beforeAll(async () => {
    server = await startGatehouse({
      urls: { simple: { '/host/': ['fails', 'page'] } },
      host: (host) => {
        host.get('/host/fails', () => {
          throw new Error('on purpose');
        });
        host.get('/host/page', (_request, response) => void response.type('html').send('<p>hello</p>'));
      },
    });
  });
  /** The headers of every answer, and those that only answers have that a browser may show or run. */
  const ofAll = {
    'strict-transport-security': 'max-age=31536000; includeSubDomains', 'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin', 'x-powered-by': null,
  };
  const ofData = { ...ofAll, 'content-security-policy': "default-src 'none';frame-ancestors 'none'" };
  const ofDocuments = {
    ...ofAll, 'content-security-policy': expect.stringContaining('default-src') as string, 'referrer-policy': 'no-referrer',
    'x-frame-options': 'SAMEORIGIN', 'cross-origin-opener-policy': 'same-origin', 'origin-agent-cluster': '?1',
    'x-dns-prefetch-control': 'off', 'x-download-options': 'noopen', 'x-permitted-cross-domain-policies': 'none', 'x-xss-protection': '0',
  };
  const expectSecure = (what: string, headers: Headers) => {
    const type = headers.get('content-type');
    const expected = type === null || type.includes('json') ? ofData : ofDocuments;
    const names = Object.keys(ofDocuments);
    const got = Object.fromEntries(names.flatMap((name) => (headers.has(name) || name in expected ? [[name, headers.get(name)]] : [])));
    expect({ what, ...got }).toEqual({ what, ...expected });
  };

  it('default settings, to any origin, say nothing about other origins', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await fetch(`${server.origin}/livez`, { method, headers: preflightFor(app) });
      expect([corsHeadersOf(headers), headers.get('vary')]).toEqual([[], null]);
    }
  });

  it('every kind of answer, successes, refusals, failures, pages and files, carries the security headers', async () => {
    const token = `Bearer ${server.superadmin.token}`;
    const json = { 'Content-Type': 'application/json' };
    const guest = `Bearer ${(await server.newUser()).client.token}`;
    const kinds: [number, string, string, RequestInit?][] = [
      [200, 'GET', '/'], [200, 'GET', '/openapi.json'], [200, 'GET', '/profile/me', { headers: { Authorization: token } }],
      [200, 'HEAD', '/livez'],
      [204, 'OPTIONS', '/livez'],
      [200, 'GET', '/docs'], [200, 'GET', '/docs/start.js'], [200, 'GET', '/docs/swagger-ui.css'], [404, 'GET', '/docs/nothing.js'],
      [200, 'GET', '/users/set-up-superadmin'],
      [200, 'GET', '/.well-known/jwks.json'], [200, 'GET', '/host/page'], [500, 'GET', '/host/fails'],
      [400, 'GET', '/a//b'], [404, 'GET', '/nowhere'], [405, 'POST', '/livez'], [401, 'GET', '/profile/me'],
      [403, 'GET', '/roles/load', { headers: { Authorization: guest } }],
      [400, 'POST', '/users/login', { headers: json, body: '{' }],
      [413, 'POST', '/users/login', { headers: json, body: 'x'.repeat(200_000) }],
      [415, 'POST', '/users/login', { body: 'x' }], [422, 'POST', '/users/login', { headers: json, body: '{}' }],
    ];
    for (const [status, method, path, init] of kinds) {
      const answer = await fetch(`${server.origin}${path}`, { method, ...init });
      expect(`${method} ${path} ${answer.status}`).toBe(`${method} ${path} ${status}`);
      expectSecure(`${method} ${path}`, answer.headers);
      expect(answer.headers.get('x-request-id')).toMatch(/^[\w-]{8,64}$/);
    }
  });

  it('pages of Gatehouse, docs and set-up, come with a content policy of their own that allows nothing inline but by hash', async () => {
    for (const path of ['/docs', '/users/set-up-superadmin']) {
      const policy = (await fetch(`${server.origin}${path}`)).headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(/script-src ([^;]*)/.exec(policy)?.[1]).not.toContain('unsafe');
      expect(policy).toContain("frame-ancestors 'none'");
    }
  });

  it('API, on every URL but what is published and static files, may be kept by nobody', async () => {
    for (const { method, path } of await loadEndpoints(server.superadmin)) {
      for (const headers of [{}, { Authorization: `Bearer ${server.superadmin.token}` }]) {
        if (path === '/users/logout') continue;
        const { headers: answered } = await fetch(`${server.origin}${path}`, { method, headers });
        // One's own permissions may be kept by one's own browser, which asks each time whether they are still so.
        if (path === '/permissions' && answered.get('cache-control') === 'private, no-cache') {
          expect([method, 'Authorization' in headers]).toEqual(['GET', true]);
          continue;
        }
        const expected = path === '/docs/start.js' ? 'public, max-age=3600' : path.startsWith(
          '/.well-known/',
        ) ? 'public, max-age=600' : 'no-store';
        expect(`${method} ${path}: ${answered.get('cache-control')}`).toBe(`${method} ${path}: ${expected}`);
      }
    }
  });
});
