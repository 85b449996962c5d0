import { randomBytes } from 'node:crypto';
import { bodyOf, codeOf, itemsOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { startForgingProvider } from '../../../support/sso/forging-provider.ts';
import { testSettings } from '../../../support/test-settings.ts';
import { newChallenge, returnTo, signOnSettings } from '../sign-on/company.ts';
import { codeIn, connectForge } from '../sign-on/forged-company.ts';
import type { Jar } from '../sign-on/forged-company.ts';

const gatehouse = await startGatehouse({ settings: signOnSettings() });
const { anonymous, superadmin } = gatehouse;
const forge = await startForgingProvider();
const company = await connectForge(gatehouse, forge);
const { codeChallenge } = newChallenge();
const json = { Accept: 'application/json' };

const start = (query: Readonly<Record<string, string>>) => (
  anonymous.send('GET', `/sso/start?${new URLSearchParams(query).toString()}`, { headers: json }));

/** Somebody whom nobody knows. */
function newPerson() {
  const sub = randomBytes(8).toString('hex');
  forge.forge({ claims: (good) => ({ ...good, sub, sid: sub, email: `${sub}@example.org` }), userinfo: (good) => ({ ...good, sub }) });
  return sub;
}

async function logIn() {
  const sent = await company.newCode();
  return anonymous.withToken(bodyOf(await anonymous.post('/users/exchange-code', sent, 200)).access_token);
}

describe('GET /sso/start', () => {
  const good = { providerId: company.providerId, returnTo, codeChallenge };

  it('a good request, sets a cookie for this login alone and leads to the provider', async () => {
    const answer = await start(good);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toContain(`${forge.issuer}/authorize?`);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(
      /^__Host-gatehouse_login_[\w-]{22}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/)]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['no query', {}], ['no challenge', { providerId: company.providerId, returnTo }],
    ['a test and a ticket', { ...good, test: 'a', ticket: 'b' }],
    ['a test with a return URL', { ...good, test: 'a' }], ['a short challenge', { ...good, codeChallenge: 'abc' }],
  ])('%s, is refused as invalid input', async (_title, query) => {
    expect(codeOf(await start(query))).toBe('invalid-input');
  });

  it('an unknown provider, another return URL, a wrong ticket and a wrong test, are refused', async () => {
    expect(codeOf(await start({ ...good, providerId: `default.${'f'.repeat(24)}` }))).toBe('provider-not-found');
    expect(codeOf(await start({ ...good, returnTo: `${returnTo}?x=1` }))).toBe('return-url-not-allowed');
    expect(codeOf(await start({ ticket: `${company.tenantId}.${'A'.repeat(43)}` }))).toBe('link-invalid');
    expect(codeOf(await start({ providerId: company.providerId, test: 'none' }))).toBe('provider-not-found');
  });

  it('a provider that does not answer, and one that is switched off, start no login', async () => {
    const away = await connectForge(gatehouse, { ...forge, issuer: 'http://127.0.0.1:1' });
    expect(codeOf(await start({ ...good, providerId: away.providerId }))).toBe('provider-unreachable');
    await away.admin.post('/identity-providers/deactivate', { providerId: away.providerId }, 200);
    expect(codeOf(await start({ ...good, providerId: away.providerId }))).toBe('provider-inactive');
  });

  it('a HEAD, which a link preview sends, is refused and begins nothing', async () => {
    const answer = await fetch(`${gatehouse.origin}/sso/start?${new URLSearchParams(good).toString()}`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([405, null]);
  });

  it('a tenant\'s own host, leads to the host of PUBLIC_URL first', async () => {
    const settings = testSettings({
      PUBLIC_URL: 'https://gate.example.com', RETURN_URLS: returnTo, TENANT_FROM: 'body,host', SUPERADMIN_EMAIL: 'root@example.com',
      SUPERADMIN_PASSWORD: 'a long enough password',
    });
    const node = await startGatehouse({ settings });
    await node.superadmin.post('/tenants/create', { name: 'acme', admin: { email: 'a@acme.test' }, domain: 'login.acme.test' }, 201);
    const answer = await node.anonymous.send('GET', '/sso/start?providerId=x', { headers: { Host: 'login.acme.test' } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, 'https://gate.example.com/sso/start?providerId=x']);
  });
});

describe('GET /sso/callback/:providerId', () => {
  it('a refused login, shows a page with the reference, and ends the cookie of the login', async () => {
    const jar: Jar = new Map();
    const { location } = await company.begin(jar);
    forge.forge({ claims: (claims) => ({ ...claims, aud: 'somebody else' }) });
    const answer = await company.comeBack(jar, location);
    expect([answer.status, jar.size]).toEqual([403, 0]);
    const [trace] = itemsOf(await company.admin.get(`/identity-providers/load-logins/${company.providerId}`, 200));
    expect(trace?.steps.at(-1)).toMatchObject({ step: 'aud', ok: false });
    expect(String(answer.body)).toContain(trace?.reference);
    const found = bodyOf(await company.admin.get(`/identity-providers/load-login/${trace?.reference ?? ''}`, 200));
    expect(found).toEqual(trace);
  });

  it('a login, leaves no token of the provider in an answer or in the database', async () => {
    const sub = newPerson();
    const issued: string[] = [];
    forge.forge({
      claims: (good) => ({ ...good, sub, email: `${sub}@example.org` }), userinfo: (good) => ({ ...good, sub }),
      tokens: (good) => {
        issued.push(String(good['access_token']), String(good['id_token']));
        return { ...good, refresh_token: `refresh-${sub}` };
      },
    });
    const jar: Jar = new Map();
    const { location, codeVerifier } = await company.begin(jar);
    const back = await company.comeBack(jar, location);
    const opened = await anonymous.post('/users/exchange-code', { code: codeIn(back), codeVerifier }, 200);
    const collections = await gatehouse.connection.listCollections();
    const stored = await Promise.all(collections.map(({ name }) => gatehouse.connection.collection(name).find().toArray()));
    const told = JSON.stringify([[...back.headers], back.body, [...opened.headers], opened.body, stored]);
    expect(told).toContain(sub);
    expect(issued).toHaveLength(2);
    // The last part of an ID token is its signature.
    const secrets = [...issued, `refresh-${sub}`, issued[1]?.split('.')[2] ?? '', forge.clientSecret];
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  });

  it('the login of a test, ends on a page with its result, and neither the page of a stranger nor another word shows more', async () => {
    forge.forge({});
    const { testId, testUrl = '' } = bodyOf(await company.admin.post('/identity-providers/test', { providerId: company.providerId }, 200));
    const jar: Jar = new Map();
    const { pathname, search } = new URL(testUrl);
    const started = await company.open(jar, pathname + search);
    const back = await company.comeBack(jar, started.headers.get('location') ?? '');
    expect(back.headers.get('location')).toBe('https://gate.example.com/sso/test-result/passed');
    expect((await anonymous.get('/sso/test-result/passed', 200)).body).toContain('The test passed');
    expect((await anonymous.get('/sso/test-result/else', 200)).body).toContain('The test failed');
    expect(bodyOf(await company.admin.get(`/identity-providers/load-test/${testId}`, 200))).toMatchObject({
      result: 'passed', claims: { sub: 'ann' }, would: { would: 'make a user' },
    });
  });
});

describe('POST /sso/discover', () => {
  it('an address of a verified domain, leads to its provider, known or not, and any other address to the password', async () => {
    const domain = `${randomBytes(6).toString('hex')}.example.com`;
    const { admin, providerId, name } = await connectForge(gatehouse, forge);
    await superadmin.post(`/domains/add?tenant=${name}`, { domain, withoutProof: true }, 201);
    await admin.put('/identity-providers/update', { providerId, domains: [domain] }, 200);
    const provider = expect.objectContaining({ providerId }) as unknown;
    for (const sent of [{ email: `ann@${domain}` }, { email: `nobody@${domain.toUpperCase()}`, tenant: name }]) {
      expect(bodyOf(await anonymous.post('/sso/discover', sent, 200))).toEqual({ ways: ['provider', 'password'], provider });
    }
    expect(bodyOf(await anonymous.post('/sso/discover', { email: 'ann@other.example' }, 200))).toEqual({ ways: ['password'] });
    await admin.post('/identity-providers/deactivate', { providerId }, 200);
    expect(bodyOf(await anonymous.post('/sso/discover', { email: `ann@${domain}` }, 200))).toEqual({ ways: ['password'] });
  });
});

describe('POST /users/logout', () => {
  it('a session of a provider, ends and answers the address of the provider; another one has none', async () => {
    newPerson();
    const client = await logIn();
    const { logoutUrl = '' } = bodyOf(await client.post('/users/logout', { provider: true, returnTo }, 200)) ?? {};
    const url = new URL(logoutUrl);
    expect(url.origin + url.pathname).toBe(`${forge.issuer}/logout`);
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: forge.clientId, post_logout_redirect_uri: returnTo });
    expect(codeOf(await client.get('/profile/me'))).toBe('session-ended');
    const other = await logIn();
    expect(codeOf(await other.post('/users/logout', { provider: true, returnTo: 'https://evil.example/' }))).toBe('return-url-not-allowed');
    await other.post('/users/logout', undefined, 204);
    const local = await gatehouse.newUser();
    await local.client.post('/users/logout', { provider: true }, 204);
  });
});

describe('POST /sso/back-channel/:providerId', () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const send = (token: string, providerId = company.providerId) => anonymous.send(
    'POST', `/sso/back-channel/${providerId}`, { body: new URLSearchParams({ logout_token: token }).toString(), headers });
  const isIn = async (client: Awaited<ReturnType<typeof logIn>>) => (await client.get('/profile/me')).status === 200;

  it('sid ends that session alone, sub alone every session of the person at this provider, and a token works once', async () => {
    const sub = newPerson();
    const [first, second] = [await logIn(), await logIn()];
    const email = `${sub}@example.org`;
    forge.forge({ claims: (good) => ({ ...good, sub, sid: 'third', email }), userinfo: (good) => ({ ...good, sub }) });
    const third = await logIn();
    newPerson();
    const other = await logIn();
    const token = forge.logoutToken({ claims: (good) => ({ ...good, sub, sid: 'third' }) });
    expect((await send(token)).status).toBe(200);
    expect(await Promise.all([first, second, third, other].map(isIn))).toEqual([true, true, false, true]);
    const again = await send(token);
    expect([again.status, again.body]).toMatchObject([400, { error: 'invalid_request' }]);
    const bySub = forge.logoutToken({ claims: ({ sid: _sid, ...good }) => ({ ...good, sub }) });
    expect((await send(bySub)).status).toBe(200);
    expect(await Promise.all([first, second, other].map(isIn))).toEqual([false, false, true]);
  });

  it('a token of another provider, or of nobody, is refused and traced', async () => {
    const forged = forge.logoutToken({ claims: (good) => ({ ...good, aud: 'somebody else' }) });
    expect((await send(forged)).status).toBe(400);
    const [trace] = itemsOf(await company.admin.get(`/identity-providers/load-logins/${company.providerId}`, 200));
    expect(trace).toMatchObject({ code: 'logout-token-invalid', result: 'failed' });
    expect((await send(forge.logoutToken(), `default.${'f'.repeat(24)}`)).status).toBe(400);
    expect((await send('no token')).status).toBe(400);
  });
});

it('the code of a login, is in the answer of the callback alone', async () => {
  newPerson();
  const jar: Jar = new Map();
  const { location } = await company.begin(jar, { state: 'of the app' });
  const back = await company.comeBack(jar, location);
  expect(codeIn(back)).toMatch(/^[\w-]+\.[\w-]{43}$/);
  const again = await company.comeBack(jar, location);
  expect(again.status).toBe(403);
});
