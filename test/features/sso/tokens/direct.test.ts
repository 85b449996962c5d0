import { bodyOf, codeOf, itemsOf } from '../../../support/answers.ts';
import type { Client } from '../../../support/client/client.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { makeProviderKey, signToken } from '../../../support/sso/sign-token.ts';
import { newTokenIssuer } from '../../../support/sso/token-issuer.ts';
import { testSettings } from '../../../support/test-settings.ts';

const time = { skew: 0 };
const clock = () => Date.now() + time.skew;
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
const server = await startGatehouse({ clock, settings });
const second = await startGatehouse({ clock, settings, database: server.database, logsIn: false });
const { superadmin: root, anonymous } = server;

const codeWith = async (token: string, by: Client = anonymous) => {
  const answer = await by.withToken(token).get('/profile/me');
  return answer.status === 200 ? 'in' : codeOf(answer);
};
const userOf = async (token: string) => bodyOf(await anonymous.withToken(token).get('/profile/me', 200)).user;

describe('a token of another issuer at the gate', () => {
  it('without a provider with direct, is refused as before', async () => {
    const { token } = await newTokenIssuer(root, { clock });
    expect(await codeWith(token('ann'))).toBe('token-invalid');
    expect(await codeWith(`${token('ann')}.x`)).toBe('token-malformed');
    expect(await codeWith('x')).toBe('token-malformed');
  });

  it('of a provider with direct, acts as its person in one session, however many first uses there are and at every node', async () => {
    const { token, providerId } = await newTokenIssuer(root, { clock, bearer: { direct: true } });
    const ann = token('ann');
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map((each) => codeWith(ann, each % 2 === 0 ? anonymous : second.anonymous))))
      .toEqual(Array.from({ length: 6 }, () => 'in'));
    expect(await userOf(ann)).toMatchObject({ email: 'ann@example.org' });
    const sessions = itemsOf(await anonymous.withToken(ann).get('/profile/sessions', 200));
    expect(sessions).toMatchObject([{ current: true }]);
    const [record] = itemsOf(await root.get('/audit/load?action=session.login&limit=1', 200));
    expect(record).toMatchObject({ target: { id: sessions[0]?.sessionId }, after: { providerId } });
    expect(await codeWith(token('ann'))).toBe('in');
    expect(itemsOf(await anonymous.withToken(ann).get('/profile/sessions', 200))).toHaveLength(2);
  });

  it('whose session was ended, by logout or by an administrator, stays out at every node, even with another signature', async () => {
    const { token, key } = await newTokenIssuer(root, { clock, bearer: { direct: true } });
    const bob = token('bob');
    await anonymous.withToken(bob).post('/users/logout', {}, 204);
    expect([await codeWith(bob), await codeWith(bob, second.anonymous)]).toEqual(['session-ended', 'session-ended']);
    const [header = '', claims = ''] = bob.split('.');
    const again = signToken(jsonOf(header), jsonOf(claims), key);
    expect([again === bob, await codeWith(again)]).toEqual([false, 'session-ended']);
    const other = token('bob');
    const [session] = itemsOf(await anonymous.withToken(other).get('/profile/sessions', 200));
    await root.delete(`/admin/delete-session/${session?.sessionId ?? ''}`, 204);
    expect([await codeWith(other), await codeWith(other, second.anonymous)]).toEqual(['session-ended', 'session-ended']);
  });

  it('is followed by every change of its user, its identity and its provider at once', async () => {
    const role = await server.newRole('/admin/load-users');
    const { token, providerId } = await newTokenIssuer(root, { clock, bearer: { direct: true } });
    const cid = token('cid', { groups: ['staff'] });
    const client = anonymous.withToken(cid);
    expect(codeOf(await client.get('/admin/load-users', 403))).toBe('right-missing');
    await root.put('/identity-providers/update', { providerId, roleMapping: [{ group: 'staff', role }] }, 200);
    await client.get('/admin/load-users', 200);
    const { userId } = await userOf(cid);
    await root.post('/admin/disable-user', { userId }, 200);
    expect(await codeWith(cid)).toBe('user-disabled');
    await root.post('/admin/enable-user', { userId }, 200);
    const next = token('cid');
    expect(await codeWith(next)).toBe('in');
    const [identity] = bodyOf(await root.get(`/admin/load-identities/${userId}`, 200)).items;
    await root.post('/admin/unlink-identity', { userId, identityId: identity?.identityId ?? '' });
    expect(await codeWith(next)).toBe('session-ended');
    const { token: other, providerId: otherId } = await newTokenIssuer(root, { clock, bearer: { direct: true } });
    const dan = other('dan');
    expect(await codeWith(dan)).toBe('in');
    await root.post('/identity-providers/deactivate', { providerId: otherId }, 200);
    expect([await codeWith(dan), await codeWith(other('dan'))]).toEqual(['session-ended', 'token-invalid']);
  });

  it('is worth nothing after its end, and its user needs a recent login as any other', async () => {
    const { token } = await newTokenIssuer(root, { clock, bearer: { direct: true } });
    const eve = token('eve', { auth_time: Math.floor(clock() / 1_000) - 700 });
    expect(await codeWith(eve)).toBe('in');
    const identities = bodyOf(await anonymous.withToken(eve).get('/profile/identities', 200)).items;
    const unlinked = await anonymous.withToken(eve).delete(`/profile/identities/${identities[0]?.identityId ?? ''}`);
    expect(codeOf(unlinked)).toBe('recent-login-required');
    time.skew += 601_000;
    expect(await codeWith(eve)).toBe('session-ended');
    time.skew += 10_000;
    expect([await codeWith(eve), await codeWith(eve, second.anonymous)]).toEqual(['token-expired', 'token-expired']);
    time.skew = 0;
  });

  it('that does not count, is refused by what is wrong with it', async () => {
    const issuer = await newTokenIssuer(root, { clock, bearer: { direct: true } });
    const { token, providerId } = issuer;
    const now = Math.floor(clock() / 1_000);
    expect(await Promise.all([
      token('fay', { aud: 'other' }), token('fay', { nonce: 'n' }), token('fay', { exp: now - 60 }), token('fay', { nbf: now + 60 }),
      signToken({ alg: 'ES256' }, { iss: issuer.issuer, aud: 'gatehouse', sub: 'fay' }, makeProviderKey('only', 'ES256')),
    ].map((each) => codeWith(each)))).toEqual(['token-invalid', 'token-invalid', 'token-expired', 'token-not-yet-valid', 'token-invalid']);
    await root.put('/identity-providers/update', { providerId, provisioning: {} }, 200);
    const gus = token('gus');
    expect([await codeWith(gus), await codeWith(gus)]).toEqual(['token-invalid', 'token-invalid']);
  });

  it('counts in the tenant of its host alone', async () => {
    const { name } = await server.newTenant({ domain: 'direct-acme.test' });
    const { token } = await newTokenIssuer(root, { clock, bearer: { direct: true }, query: `?tenant=${name}` });
    const hal = token('hal');
    const at = (host: string) => anonymous.withToken(hal).send('GET', '/profile/me', { headers: { Host: host } });
    expect(await codeWith(hal)).toBe('token-invalid');
    expect((await at('direct-acme.test')).status).toBe(200);
    expect(await codeWith(hal)).toBe('token-invalid');
  });
});

describe('POST /identity-providers/validate-token', () => {
  it('of a good token, says whom it lets in, and changes nothing', async () => {
    const { token, providerId } = await newTokenIssuer(root, { clock });
    const before = await server.stores.users.countDocuments({ tenantId: 'default' });
    const verdict = bodyOf(await root.post('/identity-providers/validate-token', { providerId, token: token('ida') }, 200));
    expect(verdict).toMatchObject({ valid: true, claims: { sub: 'ida' } });
    expect(verdict).not.toHaveProperty('userId');
    expect(await server.stores.users.countDocuments({ tenantId: 'default' })).toBe(before);
  });

  it('names the reason of each refusal; a user of another tenant is unknown', async () => {
    const bearer = { tenantClaim: 'tid', tenantValue: 'acme', direct: true };
    const content = { provisioning: { createFromToken: true } };
    const issuer = await newTokenIssuer(root, { clock, bearer, content, isActivated: false });
    const { providerId } = issuer;
    const token = (subject: string, claims: Record<string, unknown> = {}) => issuer.token(subject, { tid: 'acme', ...claims });
    const validate = async (sent: string, by = root) => (
      bodyOf(await by.post('/identity-providers/validate-token', { providerId, token: sent }, 200)));
    const test = bodyOf(await root.post('/identity-providers/test', { providerId, token: token('jon') }, 200));
    expect(test).toMatchObject({ result: 'passed' });
    await root.post('/identity-providers/activate', { providerId, revision: 1 }, 200);
    const { userId } = await userOf(token('jon'));
    expect(await validate(token('jon'))).toMatchObject({ valid: true, userId });
    const now = Math.floor(clock() / 1_000);
    expect(await validate(token('jon', { exp: now - 60 }))).toMatchObject({ valid: false, reason: 'token-expired' });
    expect(await validate(token('jon', { tid: 'other' }))).toMatchObject({ valid: false, reason: 'tenant-differs' });
    expect(await validate(token('jon', { nonce: 'n' }))).toMatchObject({ valid: false, reason: 'token-invalid' });
    expect(await validate('no token')).toMatchObject({ valid: false, reason: 'token-invalid', steps: [{ step: 'form', ok: false }] });
    await root.put('/identity-providers/update', { providerId, provisioning: {} }, 200);
    expect(await validate(token('kim'))).toMatchObject({ valid: false, reason: 'user-unknown' });
    await root.post('/admin/disable-user', { userId }, 200);
    expect(await validate(token('jon'))).toMatchObject({ valid: false, reason: 'user-inactive' });
    const { admin } = await server.newTenant();
    const foreign = await admin.client.post('/identity-providers/validate-token', { providerId, token: token('jon') });
    expect(codeOf(foreign)).toBe('provider-not-found');
  });
});

function jsonOf(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
