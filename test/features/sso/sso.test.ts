import { createLoginTraceStore } from '../../../src/features/sso/traces/login-trace.store.ts';
import type { NewTrace } from '../../../src/features/sso/traces/login-trace.store.ts';
import { bodyOf, codeOf, cursorOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startMailbox } from '../../support/mailbox.ts';
import { testSettings } from '../../support/test-settings.ts';
import { startForgingProvider } from '../../support/sso/forging-provider.ts';
import { clientSecret, providerBody } from './provider-content.ts';

const hour = 60 * 60 * 1_000;
const day = 24 * hour;
const time = { skew: 0 };
const clock = () => Date.now() + time.skew;
const mailbox = await startMailbox();
const settings = testSettings({
  SMTP_URL: mailbox.url, SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password',
  OUTBOUND_NETWORKS: 'sign-on=127.0.0.0/8',
});
const idp = await startForgingProvider();
const oidc = { issuer: idp.issuer, clientId: 'gatehouse', clientAuthentication: 'basic', algorithms: ['ES256'] } as const;
const server = await startGatehouse({ clock, settings });
const { superadmin: root, anonymous } = server;
const acme = (await server.newTenant()).admin.client;
const traces = createLoginTraceStore({ model: server.stores.loginTraces, clock });
let count = 0;

async function newProvider(content: Parameters<typeof providerBody>[0] = {}) {
  return bodyOf(await root.post('/identity-providers/create', providerBody({ configuration: oidc, ...content }), 201));
}

/** Creates a provider without a secret, and answers the token of a link that was mailed for it. */
async function invite() {
  const { providerId } = await newProvider({ secrets: {} });
  return { providerId, token: await inviteTo(providerId) };
}

async function inviteTo(providerId: string): Promise<string> {
  const email = `it-${count += 1}@customer.example`;
  await root.post('/identity-providers/invite', { providerId, email }, 202);
  return (await mailbox.next(email)).token;
}

describe('a set-up link', () => {
  it('is mailed to an address that no user has, and opens the page of the link', async () => {
    const { providerId } = await newProvider();
    await root.post('/identity-providers/invite', { providerId, email: 'it@customer.example' }, 202);
    const mail = await mailbox.next('it@customer.example');
    expect(mail.link).toMatch(/\/sso\/setup#token=default\.[\w-]{43}$/);
    expect(mail.text.replace(/\s+/g, ' ')).toContain('It works for 72 hours.');
    const page = await anonymous.get('/sso/setup', 200);
    expect(page.headers.get('content-security-policy')).toContain('default-src \'none\'');
    expect(page.body).toContain('/sso/setup/update');
    const [record] = itemsOf(await root.get('/audit/load?action=provider.invite&limit=1', 200));
    expect(record).toMatchObject({ target: { kind: 'provider', id: providerId }, after: { email: 'it@customer.example' } });
  });

  it('shows, changes and tests its provider, as often as needed, and activates nothing', async () => {
    const { providerId, token } = await invite();
    const shown = bodyOf(await anonymous.post('/sso/setup/load', { token }, 200));
    expect(shown).toMatchObject({ providerId, protocol: 'OIDC', configuration: oidc, hasSecrets: [], revision: 1 });
    expect(shown).not.toHaveProperty('roleMapping');
    const configuration = { ...oidc, clientId: 'theirs' };
    const changed = bodyOf(await anonymous.post('/sso/setup/update', {
      token, version: shown.version, configuration, secrets: { clientSecret },
    }, 200));
    expect(changed).toMatchObject({ configuration, hasSecrets: ['clientSecret'], revision: 2 });
    expect(codeOf(await anonymous.post('/sso/setup/update', { token, version: shown.version, configuration }, 409)))
      .toBe('version-conflict');
    expect(bodyOf(await anonymous.post('/sso/setup/test', { token }, 200))).toMatchObject({ providerId, revision: 2, result: 'pending' });
    expect(bodyOf(await root.get(`/identity-providers/load/${providerId}`, 200))).toMatchObject({ status: 'draft', revision: 2 });
    expect((await anonymous.post('/sso/setup/update', { token, configuration: { ...oidc, issuer: 'no url' } }, 422)).body)
      .toMatchObject({ code: 'provider-invalid', errors: [{ field: 'body.configuration.issuer' }] });
    const records = itemsOf(await root.get('/audit/load?action=provider.set-up', 200));
    expect(records.find(({ target }) => target?.id === providerId)).toMatchObject({ userId: null, after: { secrets: 'changed' } });
    expect(JSON.stringify(records)).not.toContain(clientSecret);
  });

  it('that is wrong, replaced, of a deleted provider or older than 72 hours, is refused', async () => {
    const { providerId, token } = await invite();
    const refused = async (sent: string) => codeOf(await anonymous.post('/sso/setup/load', { token: sent }, 409));
    expect(await refused('made-up')).toBe('link-invalid');
    expect(await refused(token.replace(/^default/, 'other'))).toBe('link-invalid');
    const newer = await inviteTo(providerId);
    expect(await refused(token)).toBe('link-invalid');
    time.skew = 73 * hour;
    expect(await refused(newer)).toBe('link-invalid');
    time.skew = 0;
    await anonymous.post('/sso/setup/load', { token: newer }, 200);
    await root.delete(`/identity-providers/delete?providerId=${providerId}`, 204);
    for (const url of ['/sso/setup/load', '/sso/setup/update', '/sso/setup/test'] as const) {
      expect(codeOf(await anonymous.post(url, { token: newer }, 409))).toBe('link-invalid');
    }
  });

  it('of another kind, opens no set-up, and the other way round', async () => {
    const { token } = await invite();
    expect(codeOf(await anonymous.post('/users/reset-password', { token, password: 'a long enough password' }, 409))).toBe('link-invalid');
    const email = 'invited@example.com';
    await root.post('/admin/create-user', { email }, 201);
    const { token: other } = await mailbox.next(email);
    expect(codeOf(await anonymous.post('/sso/setup/load', { token: other }, 409))).toBe('link-invalid');
  });

  it('to one address, is mailed five times an hour', async () => {
    const { providerId } = await newProvider();
    const body = { providerId, email: 'often@customer.example' };
    for (let sent = 0; sent < 5; sent += 1) await root.post('/identity-providers/invite', body, 202);
    expect(codeOf(await root.post('/identity-providers/invite', body, 429))).toBe('too-many-requests');
  });
});

describe('POST /identity-providers/test', () => {
  it('of a provider with a login in the browser, is pending with the URL of that login', async () => {
    const { providerId } = await newProvider();
    const test = bodyOf(await root.post('/identity-providers/test', { providerId }, 200));
    expect(test).toMatchObject({ providerId, revision: 1, result: 'pending' });
    expect(test.steps.map(({ step, ok }) => [step, ok]))
      .toEqual(['secrets', 'secrets-complete', 'address', 'discovery', 'keys'].map((step) => [step, true]));
    expect(test.testUrl).toMatch(new RegExp(`/sso/start\\?providerId=${providerId.replace('.', '\\.')}&test=${test.testId}$`));
    expect(bodyOf(await root.get(`/identity-providers/load-test/${test.testId}`, 200))).toEqual(test);
    expect(codeOf(await acme.get(`/identity-providers/load-test/${test.testId}`, 404))).toBe('provider-test-not-found');
    expect(codeOf(await acme.post('/identity-providers/test', { providerId }, 404))).toBe('provider-not-found');
    expect(codeOf(await root.post('/identity-providers/activate', { providerId, revision: 1 }, 409))).toBe('provider-not-tested');
  });

  it('of a provider that does not answer as it must, fails with a repair, and waits for no login', async () => {
    const { providerId } = await newProvider({ configuration: { ...oidc, algorithms: ['RS256'] } });
    const test = bodyOf(await root.post('/identity-providers/test', { providerId }, 200));
    expect(test.result).toBe('failed');
    expect(test).not.toHaveProperty('testUrl');
    expect(test.steps.at(-1)).toMatchObject({
      step: 'keys', ok: false, expected: 'a key for RS256', received: 'keys for ES256',
      repair: expect.stringContaining('publish') as string,
    });
  });

  it('of the live or the newest revision, tests that one; of another one, is refused', async () => {
    const { providerId } = await newProvider();
    await root.put('/identity-providers/update', { providerId, configuration: { ...oidc, clientId: 'b' } }, 200);
    expect(bodyOf(await root.post('/identity-providers/test', { providerId }, 200)).revision).toBe(2);
    expect(codeOf(await root.post('/identity-providers/test', { providerId, revision: 1 }, 404))).toBe('provider-not-found');
  });

  it('of a provider without a login in the browser, has no URL', async () => {
    const { providerId, urls } = await newProvider({
      protocol: 'JWT', configuration: { issuer: oidc.issuer, jwksUri: `${oidc.issuer}/keys`, bearer: { audience: 'api' } }, secrets: {},
    });
    expect(urls).toEqual({});
    expect(bodyOf(await root.post('/identity-providers/test', { providerId }, 200))).not.toHaveProperty('testUrl');
  });

  it('whose stored secret was copied from another provider, says that the secrets must be sent again', async () => {
    const [{ providerId }, { providerId: other }] = [await newProvider(), await newProvider()];
    const row = await server.stores.identityProviders.findOne({ tenantId: 'default', _id: other }, { sealed: 1 }).lean();
    await server.stores.identityProviders.updateOne({ tenantId: 'default', _id: providerId }, { $set: { sealed: row?.sealed ?? {} } });
    expect(bodyOf(await root.post('/identity-providers/test', { providerId }, 200))).toMatchObject(
      { result: 'failed', steps: [{ step: 'secrets', ok: false, repair: expect.stringContaining('send them again') as string }] },
    );
  });

  it('on another node, right after an edit, is about the edited revision', async () => {
    const node = await startGatehouse({ clock, settings, database: server.database });
    const { providerId } = await newProvider();
    await node.superadmin.post('/identity-providers/test', { providerId }, 200);
    for (const revision of [2, 3, 4]) {
      await root.put('/identity-providers/update', { providerId, configuration: { ...oidc, clientId: `client ${revision}` } }, 200);
      expect(bodyOf(await node.superadmin.post('/identity-providers/test', { providerId }, 200)))
        .toMatchObject({ revision, result: 'pending' });
    }
  });

  it('more than 30 times in an hour, is refused', async () => {
    const { providerId } = await newProvider();
    for (let time = 0; time < 30; time += 1) await root.post('/identity-providers/test', { providerId }, 200);
    expect(codeOf(await root.post('/identity-providers/test', { providerId }, 429))).toBe('too-many-requests');
  });
});

async function newTrace(trace: Partial<NewTrace> = {}): Promise<NewTrace> {
  const { providerId } = trace.providerId === undefined
    ? await newProvider() : { providerId: trace.providerId };
  const written: NewTrace = {
    reference: Math.random().toString(16).slice(2), tenantId: 'default', at: new Date(clock()), result: 'failed', code: 'sso-refused',
    steps: [{ step: 'state', ok: true }, { step: 'id-token-audience', ok: false, expected: 'gatehouse', received: 'other' }], ...trace,
    providerId,
  };
  await traces.write(written, ['the-code']);
  return written;
}

describe('the trace of a login', () => {
  it('is found by its reference and its provider, by admins of its tenant alone', async () => {
    const { reference, providerId, steps } = await newTrace();
    const shown = bodyOf(await root.get(`/identity-providers/load-login/${reference}`, 200));
    expect(shown).toMatchObject({ reference, providerId, result: 'failed', code: 'sso-refused', steps });
    expect(itemsOf(await root.get(`/identity-providers/load-logins/${providerId}`, 200))).toEqual([shown]);
    expect(codeOf(await acme.get(`/identity-providers/load-login/${reference}`, 404))).toBe('login-not-found');
    expect(codeOf(await acme.get(`/identity-providers/load-logins/${providerId}`, 404))).toBe('provider-not-found');
  });

  it('is found by a reference that begins with any character of base64url', async () => {
    for (const reference of ['-eHQvzJp4BAI9eFcEzh2vg', '_eHQvzJp4BAI9eFcEzh2vg']) {
      const { providerId } = await newTrace({ reference });
      expect(bodyOf(await root.get(`/identity-providers/load-login/${reference}`, 200))).toMatchObject({ reference, providerId });
    }
  });

  it('has no secret of the login', async () => {
    const { reference } = await newTrace({ steps: [{ step: 'token-request', ok: false, received: 'the-code was used' }] });
    const stored = await server.stores.loginTraces.findOne({ tenantId: 'default', _id: reference }).lean();
    expect(stored?.steps).toEqual([{ step: 'token-request', ok: false, received: '[removed] was used' }]);
  });

  it('of many logins, the newest come first, page by page', async () => {
    const { providerId, reference } = await newTrace({ at: new Date(1_900_000_000_000) });
    const second = await newTrace({ providerId, at: new Date(1_900_000_001_000), result: 'passed' });
    const first = await newTrace({ providerId, at: new Date(1_900_000_002_000) });
    const url = `/identity-providers/load-logins/${providerId}?limit=2` as const;
    const page = await root.get(url, 200);
    expect(itemsOf(page).map((each) => each.reference)).toEqual([first.reference, second.reference]);
    const next = await root.get(`${url}&cursor=${cursorOf(page) ?? ''}`, 200);
    expect(itemsOf(next).map((each) => each.reference)).toEqual([reference]);
  });

  it('beyond the newest 500 of its provider, is removed', async () => {
    const { providerId, reference } = await newTrace({ at: new Date(1_000) });
    const rows = Array.from({ length: 499 }, (_, index) => ({
      _id: `many-${index}`, tenantId: 'default', providerId, at: new Date(2_000 + index), order: `000000000002000 ${1_000 + index}`,
      result: 'failed' as const, steps: [], expiresAt: new Date(Date.now() + day),
    }));
    await server.stores.loginTraces.insertMany(rows);
    const count = () => server.stores.loginTraces.countDocuments({ tenantId: 'default', providerId });
    expect(await count()).toBe(500);
    await newTrace({ providerId });
    expect(await count()).toBe(500);
    expect(await server.stores.loginTraces.exists({ tenantId: 'default', _id: reference })).toBeNull();
  });

  it('of 30 days ago, is not shown, even before the database has removed it', async () => {
    const { reference } = await newTrace();
    time.skew = 30 * day - 60_000;
    const later = await anonymous.logIn('root@example.com', 'a long enough password');
    await later.get(`/identity-providers/load-login/${reference}`, 200);
    time.skew = 30 * day + 60_000;
    expect(await traces.find('default', reference)).toBeNull();
    time.skew = 0;
  });

  it('of a provider that is deleted, is removed', async () => {
    const { providerId, reference } = await newTrace();
    await root.delete(`/identity-providers/delete?providerId=${providerId}`, 204);
    expect(await traces.find('default', reference)).toBeNull();
  });
});
