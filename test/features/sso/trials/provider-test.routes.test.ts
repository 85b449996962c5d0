import { bodyOf, codeOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../../support/test-settings.ts';
import { oidc, providerBody } from '../provider-content.ts';

const server = await startGatehouse();
const root = server.superadmin;

async function newProvider(content: Parameters<typeof providerBody>[0] = {}) {
  return bodyOf(await root.post('/identity-providers/create', providerBody(content), 201));
}

describe('POST /identity-providers/test', () => {
  it('of a provider with a login in the browser, is pending with the URL of that login', async () => {
    const { providerId } = await newProvider();
    const test = bodyOf(await root.post('/identity-providers/test', { providerId }, 200));
    expect(test).toMatchObject({ providerId, revision: 1, result: 'pending', steps: [{ step: 'secrets', ok: true }] });
    expect(test.testUrl).toMatch(new RegExp(`/sso/start\\?providerId=${providerId.replace('.', '\\.')}&test=${test.testId}$`));
    expect(bodyOf(await root.get(`/identity-providers/load-test/${test.testId}`, 200))).toEqual(test);
    const { admin } = await server.newTenant();
    expect(codeOf(await admin.client.get(`/identity-providers/load-test/${test.testId}`, 404))).toBe('provider-test-not-found');
    expect(codeOf(await admin.client.post('/identity-providers/test', { providerId }, 404))).toBe('provider-not-found');
    expect(codeOf(await root.post('/identity-providers/activate', { providerId, revision: 1 }, 409))).toBe('provider-not-tested');
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

  it('after KEY_ENCRYPTION_KEY was replaced, says that the secrets must be sent again', async () => {
    const { providerId } = await newProvider();
    const other = await startGatehouse({ database: 'shared', settings: testSettings({
      SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password',
    }) });
    const { providerId: there } = bodyOf(await other.superadmin.post('/identity-providers/create', providerBody(), 201));
    const [row] = await server.stores.identityProviders.find({ tenantId: 'default', _id: providerId }, { sealed: 1 }).lean();
    await other.stores.identityProviders.updateOne({ tenantId: 'default', _id: there }, { $set: { sealed: row?.sealed ?? {} } });
    expect(bodyOf(await other.superadmin.post('/identity-providers/test', { providerId: there }, 200))).toMatchObject(
      { result: 'failed', steps: [{ step: 'secrets', ok: false, repair: expect.stringContaining('send them again') as string }] },
    );
    await other.close();
  });

  it('more than 60 times in an hour, is refused', async () => {
    const { providerId } = await newProvider();
    for (let time = 0; time < 60; time += 1) await root.post('/identity-providers/test', { providerId }, 200);
    expect(codeOf(await root.post('/identity-providers/test', { providerId }, 429))).toBe('too-many-requests');
  });
});
