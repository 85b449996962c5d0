import { bodyOf, codeOf, itemsOf } from '../../../support/answers.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { basicOf, newServiceClient, postForm } from '../../../support/service-client.ts';
import { exchangeForm, newTokenIssuer } from '../../../support/sso/token-issuer.ts';
import { accessTokenOf } from './exchanged.ts';

const time = { skew: 0 };
const clock = () => Date.now() + time.skew;
const server = await startGatehouse({ clock });
const { superadmin: root, anonymous } = server;
const service = await newServiceClient(root);
const acme = await newTokenIssuer(root, { clock });

const exchange = (token: string, more: Record<string, string> = {}, headers: Record<string, string> = basicOf(service)) => (
  postForm(anonymous, '/oauth/token', exchangeForm(token, more), headers));

describe('a token exchange', () => {
  it('of a good token, opens a session that acts as its person, ends with the token and names the client', async () => {
    const answer = await exchange(acme.token('ann', { exp: Math.floor(clock() / 1_000) + 120 }));
    expect(answer).toMatchObject({ status: 200, body: {
      token_type: 'Bearer', issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    } });
    expect(answer.body).not.toHaveProperty('refresh_token');
    expect((answer.body as { expires_in: number }).expires_in).toBeGreaterThan(110);
    expect((answer.body as { expires_in: number }).expires_in).toBeLessThanOrEqual(120);
    const ann = anonymous.withToken(accessTokenOf(answer));
    expect(bodyOf(await ann.get('/profile/me', 200)).user).toMatchObject({ email: 'ann@example.org' });
    const session = await server.stores.sessions.findOne({ tenantId: 'default', 'auth.providerId': acme.providerId }).lean();
    expect(session?.auth).toMatchObject({ clientId: service.clientId, providerId: acme.providerId, level: 1 });
    const [record] = itemsOf(await root.get('/audit/load?action=session.login&limit=1', 200));
    expect(record).toMatchObject({ after: { clientId: service.clientId, providerId: acme.providerId } });
    time.skew += 121_000;
    expect(codeOf(await ann.get('/profile/me', 401))).toBe('session-ended');
  });

  it('of one token, again and at once, has one session; once ended, the token opens no other', async () => {
    const token = acme.token('bob');
    const answers = await Promise.all([1, 2, 3, 4].map(() => exchange(token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const bob = anonymous.withToken(accessTokenOf(answers[0]));
    expect(itemsOf(await bob.get('/profile/sessions', 200))).toHaveLength(1);
    await bob.post('/users/logout', {}, 204);
    expect(await exchange(token)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await exchange(acme.token('bob'))).status).toBe(200);
  });

  it('of the same token by another client, has a session of its own', async () => {
    const token = acme.token('cid');
    const other = await newServiceClient(root);
    const [first, second] = [await exchange(token), await exchange(token, {}, basicOf(other))];
    expect(itemsOf(await anonymous.withToken(accessTokenOf(first)).get('/profile/sessions', 200))).toHaveLength(2);
    expect(second.status).toBe(200);
  });

  it('of a refused token, answers invalid_request with a reference, under which the step is found', async () => {
    const answer = await exchange(acme.token('ann', { nonce: 'n' }));
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const reference = /Reference: ([\w-]+)\./.exec((answer.body as { error_description: string }).error_description)?.[1] ?? '';
    const trace = bodyOf(await root.get(`/identity-providers/load-login/${reference}`, 200));
    expect(trace).toMatchObject({ result: 'failed', code: 'subject-token-refused' });
    expect(trace.steps.at(-1)).toMatchObject({ step: 'nonce', ok: false });
  });

  it('of a token with the id of its provider, works; with that of another one, or with no issuer that is known, it does not', async () => {
    const other = await newTokenIssuer(root, { clock });
    const token = acme.token('dan');
    expect((await exchange(token, { provider_id: other.providerId })).status).toBe(400);
    expect((await exchange(token, { provider_id: 'default.000000000000000000000000' })).status).toBe(400);
    expect((await exchange(acme.token('dan', { iss: 'https://unknown.example' }))).status).toBe(400);
    expect((await exchange('no token')).status).toBe(400);
    expect((await exchange(token, { provider_id: acme.providerId })).status).toBe(200);
  });

  it('of a person who is not known, is refused unless the provider makes users of tokens', async () => {
    const strict = await newTokenIssuer(root, { clock, content: { provisioning: { create: true, createFromToken: true } } });
    const known = strict.token('eve');
    expect((await exchange(known)).status).toBe(200);
    await root.put('/identity-providers/update', { providerId: strict.providerId, provisioning: { create: true } }, 200);
    expect((await exchange(strict.token('fay'))).status).toBe(400);
    expect((await exchange(strict.token('eve'))).status).toBe(200);
  });

  it('of a disabled user, or of an inactive provider, is refused', async () => {
    const issuer = await newTokenIssuer(root, { clock });
    const me = anonymous.withToken(accessTokenOf(await exchange(issuer.token('gus'))));
    const { userId } = bodyOf(await me.get('/profile/me', 200)).user;
    await root.post('/admin/disable-user', { userId }, 200);
    expect((await exchange(issuer.token('gus'))).status).toBe(400);
    expect((await me.get('/profile/me')).status).toBe(401);
    await root.post('/admin/enable-user', { userId }, 200);
    const again = anonymous.withToken(accessTokenOf(await exchange(issuer.token('gus'))));
    await root.post('/identity-providers/deactivate', { providerId: issuer.providerId }, 200);
    expect((await again.get('/profile/me')).status).toBe(401);
    expect((await exchange(issuer.token('gus'))).status).toBe(400);
  });

  it('by a client of another tenant, knows neither the provider nor its persons', async () => {
    const { name } = await server.newTenant();
    const foreign = await newServiceClient(root, [], `?tenant=${name}`);
    const token = acme.token('ann');
    expect((await exchange(token, {}, basicOf(foreign))).status).toBe(400);
    expect((await exchange(token, { provider_id: acme.providerId }, basicOf(foreign))).status).toBe(400);
  });

  it('without a client, works alone for a provider with publicClients, by its id', async () => {
    const open = await newTokenIssuer(root, { clock, bearer: { publicClients: true } });
    const token = open.token('hal');
    expect(await exchange(token, {}, {})).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await exchange(acme.token('ann'), { provider_id: acme.providerId }, {})).toMatchObject({ status: 401 });
    const opened = await exchange(token, { provider_id: open.providerId }, {});
    expect(opened).toMatchObject({ status: 200 });
    expect(await exchange(token, { provider_id: open.providerId, client_id: service.clientId, client_secret: 'wrong' }, {})).toMatchObject({
      status: 401, body: { error: 'invalid_client' },
    });
    expect((await exchange(token, { provider_id: open.providerId }, { Authorization: 'Bearer x' })).status).toBe(401);
  });

  it.each([
    ['no subject token', { subject_token: '' }, 'invalid_request'],
    ['another type of subject token', { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request'],
    ['another type of issued token', { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request'],
    ['an actor token', { actor_token: 'x', actor_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, 'invalid_request'],
    ['an audience', { audience: 'https://other.example' }, 'invalid_target'], ['a resource', { resource: 'x' }, 'invalid_target'],
    ['a scope', { scope: 'all' }, 'invalid_scope'],
  ])('with %s, is refused as RFC 8693 says', async (_name, more, error) => {
    expect(await exchange(acme.token('ann'), more)).toMatchObject({ status: 400, body: { error } });
  });
});
