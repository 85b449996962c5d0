import { bodyOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { basicOf, newServiceClient, postForm } from '../../../support/service-client.ts';
import { startForgingProvider } from '../../../support/sso/forging-provider.ts';
import { signToken } from '../../../support/sso/sign-token.ts';
import type { Members } from '../../../support/sso/sign-token.ts';
import { exchangeForm } from '../../../support/sso/token-issuer.ts';
import { testSettings } from '../../../support/test-settings.ts';
import { markTested, providerBody } from '../provider-content.ts';

const peer = await startForgingProvider();
const server = await startGatehouse({ settings: testSettings({
  SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', OUTBOUND_NETWORKS: 'sign-on=127.0.0.0/8',
}) });
const { superadmin: root, anonymous } = server;
const service = await newServiceClient(root);
const bearer = { audience: 'https://api.example' };

const token = (claims: Members = {}) => {
  const { alg, kid } = peer.key();
  const now = Math.floor(Date.now() / 1_000);
  return signToken({ alg, kid, typ: 'at+jwt' }, {
    iss: peer.issuer, aud: bearer.audience, azp: 'an app', sub: 'ann', iat: now, exp: now + 300, email: 'ann@example.org',
    email_verified: true, ...claims,
  }, peer.key());
};
const exchange = async (sent: string) => (await postForm(anonymous, '/oauth/token', exchangeForm(sent), basicOf(service))).status;

describe('an OIDC provider with bearer', () => {
  it('in a test, has a token checked before the login, which a token alone does not replace', async () => {
    const configuration = { issuer: peer.issuer, clientId: 'gatehouse', clientAuthentication: 'basic', algorithms: ['ES256'], bearer };
    const { providerId } = bodyOf(await root.post('/identity-providers/create', providerBody({ configuration }), 201));
    const test = async (sent: string) => bodyOf(await root.post('/identity-providers/test', { providerId, token: sent }, 200));
    const good = await test(token());
    expect(good).toMatchObject({ result: 'pending', testUrl: expect.stringContaining('/sso/start') as string });
    expect(good.steps.map(({ step, ok }) => `${step} ${String(ok)}`)).toContain('signature true');
    const bad = await test(token({ aud: 'gatehouse' }));
    expect(bad).toMatchObject({ result: 'failed' });
    expect(bad.steps.at(-1)).toMatchObject({ step: 'aud', ok: false });
  });

  it('takes tokens by the keys that it publishes, also new ones; its person is the one of its logins', async () => {
    const configuration = { issuer: peer.issuer, clientId: 'gatehouse', clientAuthentication: 'basic', algorithms: ['ES256'], bearer };
    const provisioning = { createFromToken: true };
    const { providerId } = bodyOf(await root.post('/identity-providers/create', providerBody({ configuration, provisioning }), 201));
    await markTested(server, { providerId, revision: 1 });
    await root.post('/identity-providers/activate', { providerId, revision: 1 }, 200);
    expect(await exchange(token())).toBe(200);
    const before = peer.asked.keys;
    expect(await exchange(token({ jti: 'another' }))).toBe(200);
    expect(peer.asked.keys).toBe(before);
    peer.rotate('second', false);
    expect(await exchange(token())).toBe(200);
    expect(await exchange(token({ iss: `${peer.issuer}/` }))).toBe(400);
    const identities = await server.stores.identities.find({ tenantId: 'default', providerId }).lean();
    expect(identities).toMatchObject([{ subject: 'ann' }]);
  });

  it('whose keys cannot be reached, refuses its tokens and no other request', async () => {
    const jwksUri = 'http://127.0.0.1:9/jwks';
    const { providerId } = bodyOf(await root.post('/identity-providers/create', {
      providerName: 'away', protocol: 'JWT', configuration: { issuer: peer.issuer, jwksUri, algorithms: ['ES256'], bearer },
    }, 201));
    const verdict = bodyOf(await root.post('/identity-providers/validate-token', { providerId, token: token() }, 200));
    expect(verdict).toMatchObject({ valid: false, reason: 'token-invalid' });
    expect(verdict.steps.at(-1)).toMatchObject({ step: 'key', received: 'no usable answer' });
  });

  it('with a key of another kind than its algorithms, refuses tokens and names the step', async () => {
    const publicKeys = [String(peer.key().publicKey.export({ type: 'spki', format: 'pem' }))];
    const { providerId } = bodyOf(await root.post('/identity-providers/create', {
      providerName: 'other kind', protocol: 'JWT', configuration: { issuer: peer.issuer, publicKeys, algorithms: ['RS256'], bearer },
    }, 201));
    const verdict = bodyOf(await root.post('/identity-providers/validate-token', { providerId, token: token() }, 200));
    expect(verdict).toMatchObject({ valid: false, steps: [{ step: 'key', ok: false, expected: 'keys for RS256' }] });
  });
});
