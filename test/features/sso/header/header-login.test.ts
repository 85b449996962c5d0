import { bodyOf, codeOf } from '../../../support/answers.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../../support/test-settings.ts';

const credentials = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' };
const settings = testSettings({ ...credentials, SSO_HEADER_PROXIES: 'loopback' });
const server = await startGatehouse({ settings });
const { superadmin: root } = server;
const headerSecret = 'a-shared-secret-of-32-characters';
let count = 0;

/** Its persons have proven addresses at a domain of its own. */
async function newProvider() {
  const domain = `h${count += 1}.example.org`;
  await root.post('/domains/add', { domain, withoutProof: true });
  const { providerId } = bodyOf(await root.post('/identity-providers/create', {
    providerName: `header ${count}`, protocol: 'HEADER', secrets: { headerSecret },
    configuration: { header: 'x-user', secretHeader: 'x-secret', groupsHeader: 'x-groups' },
    attributeMapping: { email: 'subject' }, domains: [domain], provisioning: { create: true, trustsEmail: true },
  }, 201));
  return { providerId, good: headersOf(`ann@${domain}`), domain };
}

type Headers = Record<string, string>;
const headersOf = (user: string): Headers => ({ 'x-user': user, 'x-secret': headerSecret, 'x-groups': 'staff, eng' });
const send = (providerId: string, headers: Headers, query: `?test=${string}` | '' = '', by: TestGatehouse = server) => (
  by.anonymous.send('POST', `/sso/header/${providerId}${query}`, { headers }));
const startTest = async (providerId: string) => bodyOf(await root.post('/identity-providers/test', { providerId }, 200));

async function newActiveProvider() {
  const made = await newProvider();
  const { providerId, good } = made;
  const { testId } = await startTest(providerId);
  await send(providerId, good, `?test=${testId}`);
  await root.post('/identity-providers/activate', { providerId, revision: 1 }, 200);
  return made;
}

describe('POST /sso/header/:providerId', () => {
  it('with a test, finishes that test alone and opens no session; then the provider can be activated and logs in', async () => {
    const { providerId, good } = await newProvider();
    const pending = await startTest(providerId);
    expect(pending).toMatchObject({ result: 'pending' });
    expect(pending).not.toHaveProperty('testUrl');
    const { testId } = pending;
    expect(codeOf(await send(providerId, { ...good, 'x-secret': 'wrong' }, `?test=${testId}`))).toBe('sso-refused');
    expect(codeOf(await send(providerId, good))).toBe('sso-refused');
    expect(bodyOf(await root.get(`/identity-providers/load-test/${testId}`, 200))).toMatchObject({ result: 'pending' });
    expect(await send(providerId, good, `?test=${testId}`)).toMatchObject({ status: 200, body: { testId, result: 'passed' } });
    expect(await server.stores.users.countDocuments({ tenantId: 'default', emailKey: good['x-user'] ?? '' })).toBe(0);
    const done = bodyOf(await root.get(`/identity-providers/load-test/${testId}`, 200));
    expect(done).toMatchObject({ result: 'passed', would: { would: 'make a user' }, claims: { subject: good['x-user'] } });
    expect(JSON.stringify(done)).not.toContain(headerSecret);
    expect(codeOf(await send(providerId, good, `?test=${testId}`))).toBe('sso-refused');

    await root.post('/identity-providers/activate', { providerId, revision: 1 }, 200);
    const answer = await send(providerId, good);
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', user: { email: good['x-user'] } } });
    const { access_token: access, refresh_token: refresh } = answer.body as Record<string, string>;
    expect((await server.anonymous.withToken(access ?? '').get('/profile/me')).status).toBe(200);
    expect((await server.anonymous.post('/users/refresh', { refresh_token: refresh ?? '' })).status).toBe(200);
    const [identity] = await server.stores.identities.find({ tenantId: 'default', providerId }).lean();
    expect(identity).toMatchObject({ groups: ['eng', 'staff'] });
  });

  it('of a test whose person does not get in, fails the test', async () => {
    const { providerId, good } = await newProvider();
    const { testId } = await startTest(providerId);
    const answer = await send(providerId, { ...good, 'x-user': 'no address' }, `?test=${testId}`);
    expect(answer).toMatchObject({ status: 200, body: { result: 'failed' } });
    expect(bodyOf(await root.get(`/identity-providers/load-test/${testId}`, 200)).steps.at(-1)).toMatchObject({ step: 'user', ok: false });
    expect(codeOf(await root.post('/identity-providers/activate', { providerId, revision: 1 }))).toBe('provider-not-tested');
  });

  it('of a wrong secret, is refused with a reference, under which the step is found without the secret', async () => {
    const { providerId, good } = await newActiveProvider();
    const answer = await send(providerId, { ...good, 'x-secret': 'another secret' });
    expect(codeOf(answer)).toBe('sso-refused');
    const { reference = '' } = answer.body as { reference?: string };
    const trace = bodyOf(await root.get(`/identity-providers/load-login/${reference}`, 200));
    expect(trace.steps.at(-1)).toMatchObject({ step: 'secret', ok: false });
    expect(JSON.stringify(trace)).not.toContain('another secret');
    expect((await send(providerId, good)).status).toBe(200);
  });

  it('of a person who is not known or disabled, and of an inactive, unknown or other provider, is refused', async () => {
    const { providerId, good, domain } = await newActiveProvider();
    expect(codeOf(await send(providerId, { ...good, 'x-user': 'someone' }))).toBe('identity-not-allowed');
    const { user: { userId } } = (await send(providerId, { ...good, 'x-user': `off@${domain}` })).body as { user: { userId: string } };
    await root.post('/admin/disable-user', { userId }, 200);
    expect(codeOf(await send(providerId, { ...good, 'x-user': `off@${domain}` }))).toBe('user-disabled');
    expect(codeOf(await send('default.000000000000000000000000', good))).toBe('sso-refused');
    expect(codeOf(await send('made-up', good))).toBe('sso-refused');
    await root.post('/identity-providers/deactivate', { providerId }, 200);
    expect(codeOf(await send(providerId, good))).toBe('sso-refused');
  });

  it('from an address that is no proxy, whatever X-Forwarded-For says, is refused', async () => {
    const { providerId, good } = await newActiveProvider();
    const strict = await startGatehouse({
      settings: { ...settings, headerProxies: ['10.0.0.7'], trustProxy: ['loopback'] }, database: server.database, logsIn: false,
    });
    expect(codeOf(await send(providerId, { ...good, 'X-Forwarded-For': '10.0.0.7' }, '', strict))).toBe('sso-refused');
    expect((await send(providerId, { ...good, 'X-Forwarded-For': '203.0.113.9' })).status).toBe(200);
  });
});
