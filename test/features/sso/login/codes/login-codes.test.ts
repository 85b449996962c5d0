import { createHash, randomBytes } from 'node:crypto';
import { bodyOf, codeOf, itemsOf } from '../../../../support/answers.ts';
import type { Client } from '../../../../support/client/client.ts';
import { startGatehouse } from '../../../../support/gatehouse/start-gatehouse.ts';
import { startForgingProvider } from '../../../../support/sso/forging-provider.ts';
import { markTested } from '../../provider-content.ts';
import { newChallenge, returnTo, signOnSettings } from '../../sign-on/company.ts';
import { codeIn, connectForge } from '../../sign-on/forged-company.ts';
import type { Jar } from '../../sign-on/forged-company.ts';

let skew = 0;
const clock = () => Date.now() + skew;
const settings = signOnSettings();
const gatehouse = await startGatehouse({ clock, settings });
const second = await startGatehouse({ clock, settings, database: gatehouse.database, logsIn: false });
const { anonymous } = gatehouse;
const forge = await startForgingProvider({ clock });
const newCompany = () => connectForge(gatehouse, forge);
type Company = Awaited<ReturnType<typeof newCompany>>;
const exchange = (sent: { code: string; codeVerifier: string }) => anonymous.post('/users/exchange-code', sent);
const exchanged = async (sent: { code: string; codeVerifier: string }) => (
  anonymous.withToken(bodyOf(await anonymous.post('/users/exchange-code', sent, 200)).access_token));

let person: Record<string, unknown> = {};
/** From now on, the provider says more about the same person. */
const assertMore = (claims: Record<string, unknown>) => {
  person = { ...person, ...claims };
  forge.forge({ claims: (good) => ({ ...good, ...person }), userinfo: (good) => ({ ...good, sub: person['sub'] }) });
};
/** From now on, the provider names somebody else, whose address nobody has. */
const newPerson = (claims: Record<string, unknown> = {}) => {
  const sub = randomBytes(8).toString('hex');
  person = {};
  assertMore({ sub, email: `${sub}@example.org`, ...claims });
};

beforeEach(() => { newPerson(); });

describe('POST /users/exchange-code', () => {
  it('the right verifier, opens one session, also if the code comes 8 times at once', async () => {
    const sent = await (await newCompany()).newCode();
    const answers = await Promise.all(Array.from({ length: 8 }, () => exchange(sent)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 401)]);
    expect(answers.filter((answer) => codeOf(answer) === 'code-invalid')).toHaveLength(7);
    const tenantId = sent.code.split('.')[0] ?? '';
    expect(await gatehouse.stores.sessions.countDocuments({ tenantId, 'auth.providerId': { $exists: true } })).toBe(1);
  });

  it('another verifier, opens nothing and does not use up the code, and the session says what was proved', async () => {
    const company = await newCompany();
    newPerson({ amr: ['pwd', 'otp'] });
    const sent = await company.newCode();
    // The challenge is no verifier: the method "plain" does not exist.
    const codeChallenge = createHash('sha256').update(sent.codeVerifier).digest('base64url');
    for (const codeVerifier of [newChallenge().codeVerifier, codeChallenge]) {
      expect(codeOf(await exchange({ ...sent, codeVerifier }))).toBe('code-invalid');
    }
    await exchanged(sent);
    const [record] = itemsOf(await company.admin.get('/audit/load?action=session.login&limit=1', 200));
    expect(record).toMatchObject({ after: { amr: ['pwd', 'otp'], level: 1, providerId: company.providerId } });
  });

  it('a code that is a minute old, another code and no code, open nothing', async () => {
    const { newCode } = await newCompany();
    const [sent, other] = [await newCode(), await newCode()];
    skew += 60_000;
    expect(codeOf(await exchange(sent))).toBe('code-invalid');
    skew -= 60_000;
    expect(codeOf(await exchange({ ...sent, code: other.code }))).toBe('code-invalid');
    expect(codeOf(await exchange({ ...sent, code: 'code' }))).toBe('code-invalid');
    await exchanged(sent);
  });

  it.each([
    ['the provider was switched off', async ({ admin, providerId }) => admin.post(
      '/identity-providers/deactivate', { providerId, keepSessions: true }, 200)],
    ['the provider points elsewhere', async ({ admin, providerId }) => {
      await admin.put('/identity-providers/update', { providerId, secrets: { clientSecret: 'another one' } }, 200);
      await markTested(gatehouse, { providerId, revision: 2 });
      return admin.post('/identity-providers/activate', { providerId, revision: 2 }, 200);
    }],
    ['the user was disabled', async ({ admin }, userId) => admin.post('/admin/disable-user', { userId }, 200)],
    ['the identity was unlinked', async ({ admin }, userId) => {
      const [identity] = itemsOf(await admin.get(`/admin/load-identities/${userId}`, 200));
      return admin.post('/admin/unlink-identity', { userId, identityId: identity?.identityId ?? '' });
    }],
    ['the tenant was suspended', async ({ tenantId }) => gatehouse.superadmin.post('/tenants/suspend', { tenantId }, 200)],
    ['the tenant allows passwords alone', async ({ tenantId }) => gatehouse.superadmin.put(
      '/tenants/update', { tenantId, settings: { loginMethods: ['password'] } }, 200)],
  ] as readonly [string, (company: Company, userId: string) => Promise<unknown>][])(
    '%s after the login, and the code opens nothing', async (_title, change) => {
      const company = await newCompany();
      const user = bodyOf(await anonymous.post('/users/exchange-code', await company.newCode(), 200)).user;
      const sent = await company.newCode();
      await change(company, user.userId);
      expect(codeOf(await exchange(sent))).toBe('code-invalid');
    },
  );

  it('the provider is switched off at the same moment, and no session stays that works, on two nodes', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { admin, providerId, newCode } = await newCompany();
      const sent = await newCode();
      const [answer] = await Promise.all([exchange(sent), admin.post('/identity-providers/deactivate', { providerId }, 200)]);
      if (answer.status === 401) continue;
      const { access_token: token } = answer.body as { access_token: string };
      for (const node of [gatehouse, second]) expect((await node.anonymous.withToken(token).get('/profile/me')).status).toBe(401);
    }
  });

  it('a logout token of the session before the code is exchanged, and the code opens nothing', async () => {
    const { newCode, providerId } = await newCompany();
    const sent = await newCode();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ logout_token: forge.logoutToken() }).toString();
    await anonymous.send('POST', `/sso/back-channel/${providerId}`, { body, headers, expected: 200 });
    expect(codeOf(await exchange(sent))).toBe('code-invalid');
  });
});

/** Opens an address of Gatehouse in a browser, logs in at the provider, and answers the code that the app gets. */
async function codeOfStart({ open, comeBack }: Company, startUrl: string): Promise<string> {
  const jar: Jar = new Map();
  const { pathname, search } = new URL(startUrl);
  const started = await open(jar, pathname + search);
  expect(started.status).toBe(303);
  return codeIn(await comeBack(jar, started.headers.get('location') ?? ''));
}

describe('POST /profile/link-identity', () => {
  async function link(client: Client, company: Company) {
    const { codeVerifier, codeChallenge } = newChallenge();
    const order = { providerId: company.providerId, returnTo, codeChallenge };
    const { startUrl = '' } = bodyOf(await client.post('/profile/link-identity', order, 200));
    return { startUrl, sent: { code: await codeOfStart(company, startUrl), codeVerifier } };
  }

  it('a user with a password, is linked by two calls, and logs in through the provider from then on', async () => {
    const company = await newCompany();
    const me = bodyOf(await company.admin.get('/profile/me', 200)).user;
    newPerson({ email: me.email });
    const { location } = await company.begin(new Map());
    const { startUrl, sent } = await link(company.admin, company);
    const { identityId } = bodyOf(await company.admin.post('/profile/link-identity', sent, 200));
    expect(itemsOf(await company.admin.get('/profile/identities', 200))).toMatchObject([{ identityId, providerId: company.providerId }]);
    expect(codeOf(await company.admin.post('/profile/link-identity', sent))).toBe('code-invalid');
    const again = await company.open(new Map(), new URL(startUrl).pathname + new URL(startUrl).search);
    expect([again.status, String(again.body)]).toEqual([409, expect.stringContaining('link-invalid')]);
    expect(bodyOf(await (await exchanged(await company.newCode())).get('/profile/me', 200)).user.userId).toBe(me.userId);
    expect(location).toContain(forge.issuer);
  });

  it('somebody else logs in at an address that a user has ordered, and is linked to nobody', async () => {
    const company = await newCompany();
    const { sent } = await link(company.admin, company);
    newPerson();
    const victim = await exchanged(await company.newCode());
    expect(codeOf(await victim.post('/profile/link-identity', sent))).toBe('code-invalid');
    expect(codeOf(await exchange(sent))).toBe('code-invalid');
    expect(itemsOf(await company.admin.get('/profile/identities', 200))).toEqual([]);
  });

  it('an identity of another user, is refused', async () => {
    const company = await newCompany();
    await exchanged(await company.newCode());
    const { sent } = await link(company.admin, company);
    expect(codeOf(await company.admin.post('/profile/link-identity', sent))).toBe('identity-taken');
  });

  it('a provider of another tenant, one that is switched off, another return URL and half a body, are refused', async () => {
    const [one, other] = [await newCompany(), await newCompany()];
    const { codeChallenge, codeVerifier } = newChallenge();
    const refused = async (body: object) => codeOf(await one.admin.post('/profile/link-identity', body));
    expect(await refused({ providerId: other.providerId, returnTo, codeChallenge })).toBe('provider-not-found');
    expect(await refused({ providerId: one.providerId, returnTo: `${returnTo}/`, codeChallenge })).toBe('return-url-not-allowed');
    expect(await refused({ providerId: one.providerId, returnTo })).toBe('invalid-input');
    expect(await refused({ providerId: one.providerId, returnTo, codeChallenge, code: 'x', codeVerifier })).toBe('invalid-input');
    await one.admin.post('/identity-providers/deactivate', { providerId: one.providerId }, 200);
    expect(await refused({ providerId: one.providerId, returnTo, codeChallenge })).toBe('provider-inactive');
  });
});

describe('POST /profile/confirm-identity by a provider', () => {
  const isRecent = async (client: Client) => codeOf(await client.post('/profile/link-identity', {})) !== 'recent-login-required';

  async function order(client: Client) {
    const { codeVerifier, codeChallenge } = newChallenge();
    const answer = bodyOf(await client.post('/profile/confirm-identity', { provider: true, returnTo, codeChallenge, state: 's' }, 200));
    return { startUrl: 'startUrl' in answer ? answer.startUrl : '', codeVerifier };
  }

  it('an old session, is recent again after a fresh login of the same person, who is asked for the password', async () => {
    const company = await newCompany();
    const client = await exchanged(await company.newCode());
    skew += 11 * 60_000;
    expect(await isRecent(client)).toBe(false);
    const { startUrl } = await order(client);
    const asked = await company.open(new Map(), new URL(startUrl).pathname + new URL(startUrl).search);
    expect(Object.fromEntries(new URL(asked.headers.get('location') ?? '').searchParams)).toMatchObject({ prompt: 'login', max_age: '0' });
    const again = await order(client);
    assertMore({ auth_time: Math.floor(clock() / 1_000) });
    const sent = { code: await codeOfStart(company, again.startUrl), codeVerifier: again.codeVerifier };
    const answer = bodyOf(await client.post('/profile/confirm-identity', sent, 200));
    expect(await isRecent(client.withToken('access_token' in answer ? answer.access_token : ''))).toBe(true);
    expect(codeOf(await client.post('/profile/confirm-identity', sent))).toBe('code-invalid');
  });

  it('a login that is not fresh, or of another person, confirms nothing', async () => {
    const company = await newCompany();
    const client = await exchanged(await company.newCode());
    const begun = Math.floor(clock() / 1_000);
    for (const [claims, code] of [
      [{}, 'sso-refused'], [{ auth_time: begun - 600 }, 'sso-refused'],
      [{ auth_time: begun + 1, sub: 'somebody else' }, 'identity-not-allowed'],
    ] as const) {
      const { startUrl } = await order(client);
      assertMore(claims);
      const jar: Jar = new Map();
      const started = await company.open(jar, new URL(startUrl).pathname + new URL(startUrl).search);
      const back = await company.comeBack(jar, started.headers.get('location') ?? '');
      expect([back.status, String(back.body)]).toEqual([403, expect.stringContaining(code)]);
    }
  });

  it('a user whom no provider knows, is told so', async () => {
    const { admin } = await newCompany();
    const body = { provider: true, returnTo, codeChallenge: newChallenge().codeChallenge };
    expect(codeOf(await admin.post('/profile/confirm-identity', body))).toBe('identity-not-found');
    expect(codeOf(await admin.post('/profile/confirm-identity', { ...body, provider: false }))).toBe('invalid-input');
  });
});
