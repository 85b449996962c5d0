import type { Express } from 'express';
import { decodeJwt } from 'jose';
import { requireRecentLogin } from '../../../../src/host/guards/recent-login.guard.ts';
import { codeOf } from '../../../support/answers.ts';
import type { Client } from '../../../support/client/client.ts';
import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { asService, newServiceClient } from '../../../support/service-client.ts';
import { testSettings } from '../../../support/test-settings.ts';

let skew = 0;
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
const options = {
  settings, clock: () => Date.now() + skew,
  urls: { auth: { '/host/': [{ name: 'recent', recentLogin: 600 }, 'guarded'] } },
  host: (app: Express) => {
    app.get('/host/recent', (_request, response) => void response.json({}));
    app.get('/host/guarded', requireRecentLogin({ seconds: 600 }), (_request, response) => void response.json({}));
  },
};
const gatehouse = await startGatehouse(options);
const role = await gatehouse.newRole('/host/recent', '/host/guarded');
const minutes = 60_000;

/** The statuses of the URL and of the guard that need a recent login. */
const ask = async (token: string | null, { origin }: Pick<TestGatehouse, 'origin'> = gatehouse) => Promise.all(
  ['/host/recent', '/host/guarded'].map(async (path) => (
    await fetch(origin + path, { headers: { Authorization: `Bearer ${token ?? ''}` } })).status),
);
const confirm = async (client: Client, password: string) => {
  const { body } = await client.post('/profile/confirm-identity', { password }, 200);
  return 'access_token' in body ? body.access_token : '';
};

describe('POST /profile/confirm-identity', () => {
  it('the right password, a token of the same session that is recent at once on every node, and no other token is', async () => {
    const other = await startGatehouse({ ...options, database: gatehouse.database, logsIn: false });
    const user = await gatehouse.newUser(role);
    for (const node of [gatehouse, other]) expect(await ask(user.client.token, node)).toEqual([200, 200]);
    skew += 11 * minutes;
    for (const node of [gatehouse, other]) expect(await ask(user.client.token, node)).toEqual([401, 401]);
    const token = await confirm(user.client, user.password);
    for (const node of [other, gatehouse]) {
      expect(await ask(token, node)).toEqual([200, 200]);
      expect(await ask(user.client.token, node)).toEqual([401, 401]);
      expect(await ask(token, node)).toEqual([200, 200]);
    }
    const [before, after] = [decodeJwt(user.client.token ?? ''), decodeJwt(token)];
    expect(after['sid']).toBe(before['sid']);
    for (const claims of [before, after]) expect(claims).toMatchObject({ acr: '1', amr: ['pwd'] });
    expect(Number(after['auth_time']) - Number(before['auth_time'])).toBeGreaterThanOrEqual(660);
    const { auditRecords } = gatehouse.stores;
    const records = await auditRecords.find({ tenantId: 'default', action: 'session.confirm', userId: user.userId }).lean();
    expect(records).toMatchObject([{ target: { kind: 'session', id: before['sid'] }, after: { amr: ['pwd'], level: 1 } }]);
    skew += 10 * minutes;
    expect(await ask(token)).toEqual([401, 401]);
  });

  it('a refresh, keeps the time of the login, and that of a confirmation', async () => {
    const { email, password } = await gatehouse.newUser(role);
    const login = (await gatehouse.anonymous.post('/users/login', { email, password }, 200)).body;
    skew += 11 * minutes;
    const refreshed = (await gatehouse.anonymous.post('/users/refresh', { refresh_token: login.refresh_token }, 200)).body;
    expect(decodeJwt(refreshed.access_token)['auth_time']).toBe(decodeJwt(login.access_token)['auth_time']);
    expect(await ask(refreshed.access_token)).toEqual([401, 401]);
    const confirmed = decodeJwt(await confirm(gatehouse.anonymous.withToken(refreshed.access_token), password));
    skew += 1 * minutes;
    const again = (await gatehouse.anonymous.post('/users/refresh', { refresh_token: refreshed.refresh_token }, 200)).body;
    expect(decodeJwt(again.access_token)).toMatchObject({ auth_time: confirmed['auth_time'], sid: confirmed['sid'] });
    expect(await ask(again.access_token)).toEqual([200, 200]);
  });

  it('a wrong password, 403 that raises nothing, and after ten of them 429 for the right one too', async () => {
    const user = await gatehouse.newUser(role);
    const loginOf = async () => (await gatehouse.stores.sessions.findOne({ tenantId: 'default', userId: user.userId }).lean())?.auth;
    const before = await loginOf();
    skew += 11 * minutes;
    const wrong = { password: 'another long password' };
    for (let time = 0; time < 10; time += 1) {
      expect(codeOf(await user.client.post('/profile/confirm-identity', wrong, 403))).toBe('wrong-password');
    }
    expect(codeOf(await user.client.post('/profile/confirm-identity', { password: user.password }, 429))).toBe('too-many-requests');
    expect(before).toMatchObject({ amr: ['pwd'], level: 1 });
    expect(await loginOf()).toEqual(before);
  });

  it('a tenant that takes no passwords, 403', async () => {
    const { tenantId, admin: { client, password } } = await gatehouse.newTenant();
    await gatehouse.stores.tenants.updateOne({ _id: tenantId }, { $set: { 'settings.loginMethods': [] } });
    expect(codeOf(await client.post('/profile/confirm-identity', { password }, 403))).toBe('login-method-closed');
  });

  it('the token of a service client, is as recent as its issue, and cannot be confirmed', async () => {
    const service = await newServiceClient(gatehouse.superadmin, [role]);
    const { token } = await asService(gatehouse.anonymous, service);
    expect(decodeJwt(token ?? '')).toMatchObject({ acr: '1', amr: [] });
    expect(await ask(token)).toEqual([200, 200]);
    skew += 11 * minutes;
    expect(await ask(token)).toEqual([401, 401]);
    const client = gatehouse.anonymous.withToken(token ?? '');
    expect(codeOf(await client.post('/profile/confirm-identity', { password: service.secret }, 403))).toBe('wrong-password');
  });
});
