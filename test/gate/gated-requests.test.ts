import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { codeOf } from '../support/answers.ts';
import type { Answer, Client } from '../support/client/client.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../support/gatehouse/start-gatehouse.ts';
import { encode, forgeEc, join } from '../tokens/forge.ts';
import { loadEndpoints, pathOf } from '../gatehouse/registered.ts';
import type { RegisteredEndpoint } from '../gatehouse/registered.ts';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { recordedRefusal } from './recorded-refusal.ts';

const realm = 'Bearer realm="gatehouse"';
const invalidToken = (description: string) => `${realm}, error="invalid_token", error_description="${description}"`;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const unknownPaths = [
  '/nowhere', '/admin', '/admin/', '/admin/load-userss', '/profile/me/more', '/users/login/more', '/favicon.ico', '/index.html?x=1',
];

const challengeOf = ({ headers }: Answer) => headers.get('www-authenticate');

/** An answer without what is different each time. */
function withoutIds({ status, headers, body }: Answer): unknown {
  const parts: { readonly requestId?: string } = typeof body === 'object' && body !== null ? body : {};
  const { requestId = '', ...rest } = parts;
  // An id ends with a counter, so one of two ids may be longer.
  const length = (name: string, value: string) => (name === 'content-length' ? String(Number(value) - requestId.length) : value);
  return {
    status, body: requestId === '' ? body : rest,
    headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)).map(([name, value]) => [name, length(name, value)]),
  };
}

/** URLs that answer once what they give: a link preview must not use it up. */
const withoutHead = ['/sso/start', '/sso/callback/:providerId'];

describe('the gate', () => {
  let server: TestGatehouse;
  let ann: TestUser;
  let endpoints: RegisteredEndpoint[];
  /** Allowed methods by URL. */
  let served: Map<string, string[]>;
  let skew = 0;
  beforeAll(async () => {
    server = await startGatehouse({
      clock: () => Date.now() + skew,
      urls: { auth: { '/': ['items'] } },
      host: (app) => {
        app.get('/items', (_request, response) => void response.json([]));
        app.post('/items', (_request, response) => void response.status(201).json({}));
      },
    });
    ann = await server.newUser();
    endpoints = await loadEndpoints(server.superadmin);
    served = new Map();
    for (const { url, method } of endpoints) served.set(url, [...(served.get(url) ?? []), method]);
  });
  afterEach(() => {
    skew = 0;
  });
  const tokenOf = (client: Client) => client.token ?? '';
  const askWith = (authorization: string | null, method = 'GET', path = '/profile/me') =>
    server.anonymous.send(method, path, authorization === null ? {} : { headers: { Authorization: authorization } });
  const newToken = async () => tokenOf(await server.anonymous.logIn(ann.email, ann.password));

  it('target that is not spelled plainly, on any URL, with or without a token, is 400', async () => {
    const targets = [
      '//livez', '/./livez', '/admin/../livez', '/livez;x=1', '/livez%2F', '/%6Civez', '/livez%0a', '/li%zz', '\\livez',
      `${server.origin}/livez`,
      `/${'a'.repeat(2_048)}`, '*',
    ];
    for (const target of targets) {
      for (const token of [[], [`Authorization: Bearer ${tokenOf(server.superadmin)}`]]) {
        const { status, text } = await rawRequest(server.origin, `GET ${target} HTTP/1.1`, token);
        // What no URL begins with, Node's parser refuses itself, without a body.
        expect({ target, status, text })
          .toMatchObject({ status: 400, text: expect.stringMatching(target.startsWith('\\') ? /^$/ : /"target-not-plain"/) as string });
      }
    }
  });

  it('two Authorization headers, the same or different, on any access class, are 400', async () => {
    const good = `Authorization: Bearer ${await newToken()}`;
    for (const path of ['/livez', '/profile/me', '/roles/load', '/nowhere']) {
      const others = [['Authorization: Bearer x', good], [good, 'AUTHORIZATION: Basic eDp5'], [good, 'X-Other: 1', 'authorization:']];
      for (const pair of [[good, good], ...others]) {
        const { status, text } = await rawRequest(server.origin, `GET ${path} HTTP/1.1`, pair);
        expect({ path, pair, status, text })
          .toMatchObject({ status: 400, text: expect.stringContaining('"authorization-repeated"') as string });
      }
    }
    expect((await rawRequest(server.origin, 'GET /profile/me HTTP/1.1', [good])).status).toBe(200);
  });

  it('unknown URL, with no token, a valid or a malformed one, by any method, is the same 404, and each request is counted', async () => {
    for (const path of unknownPaths) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const answers = [
          await askWith(null, method, path), await askWith('Bearer rubbish', method, path), await ann.client.send(method, path),
          await server.superadmin.send(method, path),
        ];
        expect(answers[0])
          .toMatchObject({ status: 404, body: { code: 'unknown-url', status: 404, detail: 'No such URL is registered.' } });
        for (const answer of answers) expect(withoutIds(answer)).toEqual(withoutIds(answers[0] as Answer));
      }
    }
    const asked = unknownPaths.length * 4 * 4;
    const recorded = () => server.stores.auditRecords.find({ tenantId: 'default', code: 'unknown-url' }).lean();
    const count = async () => (await recorded()).reduce((sum, each) => sum + each.count, 0);
    for (const end = Date.now() + 5_000; Date.now() < end && (await count()) < asked;) await sleep(100);
    expect(await count()).toBe(asked);
    expect((await recorded())[0])
      .toMatchObject({ action: 'request', result: 'refused', userId: null, ip: '127.0.0.1', method: 'GET', url: '/nowhere' });
  });

  it('known URL, by each method it does not serve, is 405 with exactly the served ones in Allow', async () => {
    for (const [url, own] of served) {
      const listed = methods.filter((method) => own.includes(method))
        .flatMap((method) => (method === 'GET' && !withoutHead.includes(url) ? ['GET', 'HEAD'] : [method]));
      const allow = [...listed, 'OPTIONS'].join(', ');
      for (const method of [...methods, 'HEAD'].filter((each) => !listed.includes(each))) {
        const { status, headers } = await rawRequest(server.origin, `${method} ${pathOf(url)} HTTP/1.1`);
        expect({ method, url, status, allow: headers.get('allow') }).toEqual({ method, url, status: 405, allow: [allow] });
      }
      const options = await server.anonymous.send('OPTIONS', pathOf(url));
      expect({ url, status: options.status, allow: options.headers.get('allow'), body: options.body })
        .toEqual({ url, status: 204, allow, body: '' });
    }
  });

  it('methods of no URL, TRACE, PROPFIND and made-up ones, are 405 with and without a token', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'LOCK', 'M-SEARCH', 'QUERY']) {
      for (const token of [[], [`Authorization: Bearer ${tokenOf(server.superadmin)}`]]) {
        const { status, headers } = await rawRequest(server.origin, `${method} /roles/load HTTP/1.1`, token);
        // What Node's parser does not know as a method it refuses itself.
        if (status !== 400 || method !== 'QUERY') expect({ method, status, allow: headers.get('allow') })
          .toEqual({ method, status: 405, allow: ['GET, HEAD, OPTIONS'] });
      }
    }
  });

  it('HEAD, on every URL that serves GET, answers as GET would, without a body', async () => {
    const role = await server.newRole('/admin/load-users');
    const bob = await server.newUser(role);
    for (const { path } of endpoints.filter(({ method, url }) => method === 'GET' && !withoutHead.includes(url))) {
      for (const token of [[], [`Authorization: Bearer ${tokenOf(bob.client)}`]]) {
        const [get, head] = [
          await rawRequest(server.origin, `GET ${path} HTTP/1.1`, token), await rawRequest(server.origin, `HEAD ${path} HTTP/1.1`, token),
        ];
        expect({ path, status: head.status, type: head.headers.get('content-type'), text: head.text })
          .toEqual({ path, status: get.status, type: get.headers.get('content-type'), text: '' });
        expect(head.headers.get('www-authenticate')).toEqual(get.headers.get('www-authenticate'));
      }
    }
  });

  it('simple URL, with any Authorization header, passes', async () => {
    const ended = await server.anonymous.logIn(ann.email, ann.password);
    await ended.post('/users/logout', undefined, 204);
    const rubbish = [
      '', 'Bearer', 'Bearer rubbish', 'Basic eDp5', 'x'.repeat(4_000), `Bearer ${tokenOf(ended)}`, `Bearer ${'a.b.c'.repeat(2_000)}`,
      'Bearer \u00ff',
    ];
    for (const { method, path, url } of endpoints.filter(({ access, method: each }) => access === 'simple' && each === 'GET')) {
      // A path that names no logo, and the handlers of sign-on, which refuse a request of no login.
      const passed = { '/branding/:digest': 422, '/sso/start': 422, '/sso/callback/:providerId': 403 }[url] ?? 200;

      for (const authorization of rubbish) {
        const { status } = await askWith(authorization, method, path);
        expect({ path, authorization, status }).toEqual({ path, authorization, status: passed });
      }
    }
    expect((await askWith('Bearer rubbish', 'POST', '/users/login')).status).toBe(422);
  });

  it('no bearer token, by no header or another scheme, is 401 token-missing, challenged without an error', async () => {
    for (const authorization of [null, '', 'Basic dXNlcjpwYXNz', 'Digest username="x"', 'Bearerx abc']) {
      const answer = await askWith(authorization);
      expect({ authorization, status: answer.status, code: codeOf(answer), challenge: challengeOf(answer) })
        .toEqual({ authorization, status: 401, code: 'token-missing', challenge: realm });
    }
    const inQuery = await server.anonymous.get(`/profile/me?access_token=${await newToken()}`, 401);
    expect(codeOf(inQuery)).toBe('token-missing');
  });

  it('malformed token, is 401 token-malformed, challenged as an invalid token', async () => {
    const challenge = invalidToken("The Authorization header must read 'Bearer <token>' with an access token of this server.");
    for (const token of ['', 'rubbish', 'a.b', 'a.b.c.d', 'a b', 'a,b', '!!!', `${await newToken()} x`, `"${await newToken()}"`]) {
      const answer = await askWith(`Bearer ${token}`);
      expect({ token, status: answer.status, code: codeOf(answer), challenge: challengeOf(answer) })
        .toEqual({ token, status: 401, code: 'token-malformed', challenge });
    }
  });

  it('forged token, is 401 token-invalid, challenged as an invalid token', async () => {
    const challenge = invalidToken('The access token was not issued by this server or was altered: log in again.');
    const good = await newToken();
    const [header, claims] = [decodeProtectedHeader(good), decodeJwt(good)];
    const signature = good.split('.')[2] ?? '';
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = [
      join(header, { ...claims, roles: ['superadmin'] }, signature),
      join({ ...header, alg: 'none' }, claims, ''),
      forgeEc(header, claims, privateKey),
      forgeEc({ ...header, kid: 'another' }, claims, privateKey),
      `${encode(header)}.${encode(claims)}.${'A'.repeat(86)}`,
    ];
    for (const token of forged) {
      const answer = await askWith(`Bearer ${token}`);
      // A token without a signature is no token at all, so that code is right for it too.
      expect({ status: answer.status, invalid: ['token-invalid', 'token-malformed'].includes(codeOf(answer) ?? '') })
        .toEqual({ status: 401, invalid: true });
      if (codeOf(answer) === 'token-invalid') expect(challengeOf(answer)).toBe(challenge);
    }
    expect(codeOf(await askWith(`Bearer ${forged[0]}`))).toBe('token-invalid');
  });

  it('expired token, ended session and disabled user, are 401 with a code and a challenge of their own', async () => {
    const bob = await server.newUser();
    const ended = await server.anonymous.logIn(bob.email, bob.password);
    await ended.post('/users/logout', undefined, 204);
    const sessionEnded = await ended.get('/profile/me', 401);
    expect([codeOf(sessionEnded), challengeOf(sessionEnded)])
      .toEqual(['session-ended', invalidToken('The session has ended: log in again.')]);
    await server.superadmin.post('/admin/disable-user', { userId: bob.userId }, 200);
    const disabled = await bob.client.get('/profile/me', 401);
    expect([codeOf(disabled), challengeOf(disabled)])
      .toEqual(['user-disabled', invalidToken('This user or client is disabled: ask an administrator.')]);
    skew = 6_061_000;
    const expired = await ann.client.get('/profile/me', 401);
    expect([codeOf(expired), challengeOf(expired)]).toEqual(['token-expired', invalidToken('The access token has expired: log in again.')]);
  });

  it('scheme in any letter case and with spaces, is accepted', async () => {
    const token = await newToken();
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'Bearer  ']) expect((await askWith(`${scheme} ${token}`)).status).toBe(200);
  });

  it('session without the right, is exactly this 403, and recorded with its user', async () => {
    const answer = await ann.client.get('/admin/load-users', 403);
    expect(answer.body).toEqual({
      type: 'urn:gatehouse:error:right-missing', title: 'Forbidden', status: 403, statusCode: 403, error: 'Forbidden',
      message: 'Forbidden resource',
      detail: 'The session does not hold the right to this URL: ask a superadmin for a role that does.',
      code: 'right-missing', required: 'GET /admin/load-users', requestId: answer.headers.get('x-request-id'),
    });
    expect(await recordedRefusal(server, { code: 'right-missing', userId: ann.userId }))
      .toMatchObject({ action: 'request', url: '/admin/load-users' });
  });

  it('right to one method alone, leaves the other at 403, named as required', async () => {
    const bob = await server.newUser(await server.newRole({ url: '/items', methods: ['GET'] }));
    const headers = { Authorization: `Bearer ${tokenOf(bob.client)}` };
    const ask = (method: string) => fetch(`${server.origin}/items`, { method, headers });
    expect([(await ask('GET')).status, (await ask('HEAD')).status]).toEqual([200, 200]);
    expect(await (await ask('POST')).json())
      .toMatchObject({ statusCode: 403, error: 'Forbidden', message: 'Forbidden resource', required: 'POST /items' });
  });
});
