import { hashSecret } from '../../../../src/features/sso/login/transactions/login-cookie.ts';
import { startsPerSource } from '../../../../src/features/sso/login/start-login.ts';
import { startForgingProvider } from '../../../support/sso/forging-provider.ts';
import { createLoginStores, createLoginWorld, publicUrl, returnTo, tenantId } from '../../../support/sso/login-world.ts';
import type { CookieJar } from '../../../support/sso/login-world.ts';

const provider = await startForgingProvider({ userinfo: { groups: ['staff'], email: 'ann@example.org', email_verified: true } });
const stores = await createLoginStores();
const world = createLoginWorld({ provider, stores });
let counter = 0;
const newProvider = (changes: Parameters<typeof world.putProvider>[1] = {}) => {
  counter += 1;
  return world.putProvider(`${tenantId}.${String(counter).padStart(24, '0')}`, changes)._id;
};
beforeEach(() => {
  provider.forge({});
  world.traces.length = 0;
});

/** Goes to the provider and comes back. */
async function comeBack(providerId: string, jar: CookieJar = new Map(), request: { state?: string; loginHint?: string } = {}) {
  const begun = await world.begin({ providerId, ...request }, jar);
  return { jar, location: new URL(begun.location), query: provider.authorize(begun.location) };
}

describe('a login that starts', () => {
  it('the request, has PKCE, state, nonce and the callback of this provider alone', async () => {
    const providerId = newProvider({ configuration: { scopes: ['groups'], prompt: 'login', maxAge: 60 } });
    const { location } = await comeBack(providerId, new Map(), { loginHint: 'ann@example.org' });
    const query = Object.fromEntries(location.searchParams);
    expect(query).toMatchObject({
      response_type: 'code', client_id: 'gatehouse', redirect_uri: `${publicUrl}/sso/callback/${providerId}`, scope: 'openid groups',
      code_challenge_method: 'S256', prompt: 'login', max_age: '60', login_hint: 'ann@example.org',
    });
    expect(query['nonce']).toMatch(/^[\w-]{43}$/);
    expect(query['state']).toMatch(/^[\w-]{65}$/);
    expect(query['code_challenge']).toMatch(/^[\w-]{43}$/);
  });

  it('the request, asks for openid, email and profile, or for what the provider is set to, and for nothing else', async () => {
    const plain = (await comeBack(newProvider())).location.searchParams;
    expect([...plain.keys()].sort()).toEqual([
      'client_id', 'code_challenge', 'code_challenge_method', 'nonce', 'redirect_uri', 'response_type', 'scope', 'state',
    ]);
    expect(plain.get('scope')).toBe('openid email profile');
    const least = (await comeBack(newProvider({ configuration: { scopes: [] } }))).location.searchParams;
    expect(least.get('scope')).toBe('openid');
  });

  it('the stored transaction, holds no secret of the browser and no verifier in plain text', async () => {
    const providerId = newProvider();
    const { jar } = await comeBack(providerId);
    const [[name, secret] = ['', '']] = [...jar];
    expect(name).toMatch(/^__Host-gatehouse_login_[\w-]{22}$/);
    const rows = await stores.models.transactions.find({ tenantId, providerId }).lean();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ secretHash: hashSecret(secret), revision: 1, kind: 'login', returnTo });
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('a provider that is unknown, switched off or away, and a return URL that is not listed, start none', async () => {
    const start = (providerId: string, url = returnTo) => world.start({ providerId, returnTo: url, codeChallenge: 'challenge' });
    expect(await start(`${tenantId}.${'f'.repeat(24)}`)).toEqual({ ok: false, code: 'provider-not-found' });
    expect(await start(newProvider({ status: 'inactive' }))).toEqual({ ok: false, code: 'provider-inactive' });
    const providerId = newProvider({ configuration: { issuer: 'http://127.0.0.1:1' } });
    expect(await start(providerId)).toEqual({ ok: false, code: 'provider-unreachable' });
    for (const url of [`${returnTo}/`, `${returnTo}?x=1`, `${returnTo}#x`, returnTo.toUpperCase(), 'https://evil.example/']) {
      await expect(start(newProvider(), url)).rejects.toThrow('return-url-not-allowed');
    }
  });

  it('the limit of starts, is asked before anything else', async () => {
    expect(startsPerSource).toMatchObject({ quota: 60, windowSeconds: 60 });
    world.limit(() => { throw new Error('too-many-requests'); });
    await expect(world.start({ providerId: 'nothing', test: 'x' })).rejects.toThrow('too-many-requests');
    world.limit(() => undefined);
  });

  it('the eleventh login of one browser, ends its oldest one alone', async () => {
    const [providerId, jar] = [newProvider(), new Map<string, string>()];
    const first = await comeBack(providerId, jar);
    const stranger = await comeBack(providerId);
    const rest = [];
    for (let index = 1; index < 11; index += 1) rest.push(await comeBack(providerId, jar));
    expect(jar.size).toBe(10);
    expect((await world.finish(providerId, { query: first.query, jar })).kind).toBe('refused');
    for (const each of [stranger, ...rest]) expect((await world.finish(providerId, each)).kind).toBe('login');
    expect(jar.size).toBe(0);
  });
});

describe('a login that comes back', () => {
  it('two tabs of one browser, both get in, in any order, and their cookies end', async () => {
    const [providerId, jar] = [newProvider(), new Map<string, string>()];
    const [one, two] = [await comeBack(providerId, jar, { state: 'one' }), await comeBack(providerId, jar, { state: 'two' })];
    expect(jar.size).toBe(2);
    for (const [tab, state] of [[two, 'two'], [one, 'one']] as const) {
      const done = await world.finish(providerId, { query: tab.query, jar });
      const url = new URL(done.kind === 'login' ? done.location : '');
      expect([`${url.origin}${url.pathname}`, url.searchParams.get('state')]).toEqual([returnTo, state]);
      expect(url.searchParams.get('code')).toMatch(/^acme\.[\w-]{43}$/);
    }
    expect(jar.size).toBe(0);
  });

  it('the same answer 8 times at once, counts once', async () => {
    const providerId = newProvider();
    const { jar, query } = await comeBack(providerId);
    const before = provider.asked.tokens;
    const done = await Promise.all(Array.from({ length: 8 }, () => world.finish(providerId, { query, jar: new Map(jar) })));
    expect(done.filter(({ kind }) => kind === 'login')).toHaveLength(1);
    expect(done.filter(({ kind }) => kind === 'refused')).toHaveLength(7);
    expect(provider.asked.tokens - before).toBe(1);
    expect(world.traces).toHaveLength(7);
  });

  it('25 logins with unknown keys, fetch the keys at most 10 times, and a key that is new is found at once', async () => {
    const providerId = newProvider();
    const before = provider.asked.keys;
    for (let index = 0; index < 25; index += 1) {
      const { jar, query } = await comeBack(providerId);
      provider.forge({ header: (good) => ({ ...good, kid: `unknown ${index}` }) });
      expect(await world.finish(providerId, { query, jar })).toMatchObject({ kind: 'refused', code: 'sso-refused' });
      provider.forge({});
    }
    expect(provider.asked.keys - before).toBeLessThanOrEqual(10);
    const other = newProvider();
    expect((await world.finish(other, await comeBack(other))).kind).toBe('login');
    provider.rotate('second');
    expect((await world.finish(other, await comeBack(other))).kind).toBe('login');
  });

  it.each([
    ['basic', { clientSecret: provider.clientSecret }], ['post', { clientSecret: provider.clientSecret }],
  ] as const)('the client, authenticates by %s', async (clientAuthentication, secrets) => {
    const providerId = newProvider({ configuration: { clientAuthentication }, secrets });
    expect((await world.finish(providerId, await comeBack(providerId))).kind).toBe('login');
    const { authorization, form } = provider.last.tokens ?? {};
    expect([authorization?.startsWith('Basic ') ?? false, form?.get('client_secret') ?? null]).toEqual(
      clientAuthentication === 'basic' ? [true, null] : [false, provider.clientSecret]);
  });

  it('claims that the mapping wants and the ID token lacks, come from userinfo, and no other login asks it', async () => {
    const before = provider.asked.userinfo;
    const plain = newProvider();
    expect((await world.finish(plain, await comeBack(plain))).kind).toBe('login');
    expect(provider.asked.userinfo - before).toBe(0);
    const test = newProvider({ mapping: { subject: 'sub', groups: 'groups' } });
    world.tests.set('t1', { providerId: test, revision: 1 });
    const jar: CookieJar = new Map();
    const started = await world.start({ providerId: test, test: 't1' }, jar);
    if (!started.ok) throw new Error(started.code);
    const [name = '', value = ''] = (started.cookies[0] ?? '').split(';')[0]?.split('=') ?? [];
    jar.set(name, value);
    const done = await world.finish(test, { query: provider.authorize(started.location), jar });
    expect(done).toMatchObject({ kind: 'test', testId: 't1', passed: true });
    expect(world.finished).toMatchObject([{ testId: 't1', result: 'passed', claims: { groups: ['staff'], sub: 'ann' } }]);
    expect(provider.asked.userinfo - before).toBe(1);
  });

  it('a trace, is given every secret of its login to remove', async () => {
    const providerId = newProvider();
    const { jar, query } = await comeBack(providerId);
    provider.forge({ claims: (good) => ({ ...good, iss: 'https://other.example' }) });
    await world.finish(providerId, { query, jar });
    expect(world.traces.at(-1)).toMatchObject({ code: 'sso-refused', providerId, tenantId });
    expect(world.secretsOfTraces).toEqual(expect.arrayContaining([new URLSearchParams(query).get('code')]));
    expect(JSON.stringify(world.traces)).not.toContain(new URLSearchParams(query).get('code'));
  });
});
