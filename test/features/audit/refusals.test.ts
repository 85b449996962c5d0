import type { AuditRecord } from '../../../src/features/audit/audit.model.ts';
import { itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';

describe('recorded refusals', () => {
  let server: TestGatehouse;
  beforeEach(async () => {
    server = await startGatehouse();
  });

  /** Every refusal so far, as it is stored when the server stops. */
  async function storedAtClose(): Promise<AuditRecord[]> {
    await server.gatehouse.close();
    return server.stores.auditRecords.find({ tenantId: 'default', result: 'refused' }).sort({ _id: 1 }).lean();
  }

  it('refusals of every kind, each becomes a record with its own code', async () => {
    const user = await server.newUser();
    const { anonymous } = server;
    await anonymous.get('/no/such-url', 404);
    await anonymous.post('/livez', undefined, 405);
    await anonymous.get('/admin//load-users', 400);
    await anonymous.get('/admin/load-users?token=secret', 401);
    await anonymous.withToken('not-a-token').get('/admin/load-users', 401);
    await user.client.get('/admin/load-users', 403);
    await anonymous.post('/users/login', { email: user.email, password: 'not the password' }, 401);
    await anonymous.post(
      '/users/set-up-superadmin', { token: 'default.guessed', email: 'eve@example.com', password: 'purple monkey dishwasher' }, 409,
    );
    await anonymous.post('/users/reset-password', { token: 'default.guessed', password: 'purple monkey dishwasher' }, 409);
    await anonymous.post('/users/refresh', { refresh_token: 'default.guessed' }, 401);
    const stored = await storedAtClose();
    expect(stored.map(({ action, code, method, url }) => `${action} ${code ?? ''} ${method ?? ''} ${url ?? ''}`)).toEqual([
      'request unknown-url GET /no/such-url', 'request method-not-allowed POST /livez', 'request target-not-plain GET /admin//load-users',
      'request token-missing GET /admin/load-users', expect.stringMatching(/^request token-(malformed|invalid) GET/),
      'request right-missing GET /admin/load-users',
      'session.login invalid-credentials POST /users/login',
      'request set-up-link-invalid POST /users/set-up-superadmin', 'request link-invalid POST /users/reset-password',
      'request refresh-token-invalid POST /users/refresh',
    ]);
    const byCode = (code: string) => stored.find((record) => record.code === code);
    const anyText = expect.any(String) as unknown;
    expect(byCode('right-missing'))
      .toMatchObject({ userId: user.userId, sessionId: anyText, ip: '127.0.0.1', requestId: anyText, count: 1 });
    expect(byCode('token-missing')).toMatchObject({ userId: null, sessionId: null, ip: '127.0.0.1' });
    expect(JSON.stringify(stored)).not.toMatch(/secret|not the password|guessed/);
  });

  it('an admin who reaches for a superadmin, the refusal is recorded with the admin', async () => {
    const [admin, superadmin] = [await server.newUser('admin'), await server.newUser('superadmin')];
    await admin.client.post('/admin/disable-user', { userId: superadmin.userId }, 403);
    await admin.client.delete(`/admin/delete-user/${superadmin.userId}`, 403);
    expect(await storedAtClose()).toMatchObject([
      { action: 'request', code: 'target-outranks-caller', userId: admin.userId, method: 'POST', url: '/admin/disable-user', count: 2 },
    ]);
  });

  it('the same refusal thirty times, one record with the count, shown by /audit/load', async () => {
    for (let time = 0; time < 30; time += 1) await server.anonymous.get('/no/such-url', 404);
    await server.anonymous.get('/admin/load-users', 401);
    const load = async () => itemsOf(await server.superadmin.get('/audit/load?result=refused&action=request', 200));
    for (let wait = 0; wait < 50 && (await load()).length < 2; wait += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await load()).map(({ code, count }) => [code, count])).toEqual([['token-missing', 1], ['unknown-url', 30]]);
  });

  it('what passes or is merely wrong, no refusal', async () => {
    await server.anonymous.get('/livez', 200);
    await server.superadmin.post('/roles/create', {}, 422);
    await server.superadmin.get('/admin/load-user/nobody', 404);
    await server.anonymous.send('OPTIONS', '/admin/load-users', { expected: 204 });
    expect(await storedAtClose()).toEqual([]);
  });
});
