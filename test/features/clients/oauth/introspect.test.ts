import { startGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../../support/gatehouse/start-gatehouse.ts';
import { asService, basicOf, newServiceClient, postForm } from '../../../support/service-client.ts';
import type { ServiceClient } from '../../../support/service-client.ts';

let server: TestGatehouse;
let client: ServiceClient;
let skew = 0;
beforeAll(async () => {
  server = await startGatehouse({ clock: () => Date.now() + skew });
  client = await newServiceClient(server.superadmin);
});
const introspect = async (token: string, by = client) => (await postForm(
  server.anonymous, '/oauth/introspect', { token }, basicOf(by),
)).body as Record<string, unknown>;
const revoke = (token: string, by = client) => postForm(
  server.anonymous, '/oauth/revoke', { token, token_type_hint: 'whatever' }, basicOf(by),
);
const tokenOf = async (of: ServiceClient) => (await asService(server.anonymous, of)).token ?? '';
const inactive = { active: false };

async function logIn(): Promise<{ userId: string; email: string; access: string; refresh: string }> {
  const { userId, email, password } = await server.newUser();
  const { body } = await server.anonymous.post('/users/login', { email, password }, 200);
  const { access_token: access, refresh_token: refresh } = body;
  return { userId, email, access, refresh };
}

/** A client of a new tenant, and the tenant's id. */
async function newOrganization(name: string): Promise<{ tenantId: string; client: ServiceClient }> {
  const { body } = await server.superadmin.post('/tenants/create', { name, admin: { email: `boss@${name}.test` } }, 201);
  return { ...body, client: await newServiceClient(server.superadmin, [], `?tenant=${name}`) };
}

describe('POST /oauth/introspect', () => {
  it('token of a client or a user, says whose it is and until when', async () => {
    expect(await introspect(await tokenOf(client))).toMatchObject({
      active: true, sub: client.clientId, client_id: client.clientId, username: 'robot', token_type: 'Bearer', aud: 'gatehouse',
      tenant: 'default',
    });
    const ann = await logIn();
    const access = await introspect(ann.access);
    expect(access).toMatchObject({ active: true, sub: ann.userId, username: ann.email });
    expect(access).not.toHaveProperty('client_id');
    expect(await introspect(ann.refresh)).toMatchObject({ active: true, sub: ann.userId, sid: access['sid'] });
  });

  it('token that was used, ended, expired, altered or made up, is not active and nothing else', async () => {
    const [ann, bob] = [await logIn(), await logIn()];
    await server.anonymous.post('/users/refresh', { refresh_token: ann.refresh }, 200);
    await server.anonymous.withToken(ann.access).post('/users/logout', undefined, 204);
    for (const token of [
      ann.access, ann.refresh, `${bob.access}x`, `${bob.refresh.slice(0, -1)}!`, `default.${'A'.repeat(43)}`, 'made-up', 'x'.repeat(50_000),
    ]) expect(await introspect(token)).toEqual(inactive);
    await server.superadmin.post('/admin/disable-user', { userId: bob.userId }, 200);
    for (const token of [bob.access, bob.refresh]) expect(await introspect(token)).toEqual(inactive);
    const carol = await logIn();
    skew = 9 * 3_600_000;
    for (const token of [carol.access, carol.refresh]) expect(await introspect(token)).toEqual(inactive);
    skew = 0;
    expect(await introspect(carol.refresh)).toMatchObject({ active: true });
  }, 60_000);

  it('token of another tenant, is not active, for either side', async () => {
    const { tenantId, client: foreign } = await newOrganization('globex');
    const [own, theirs, ann] = [await tokenOf(client), await tokenOf(foreign), await logIn()];
    for (const token of [own, ann.access, ann.refresh]) expect(await introspect(token, foreign)).toEqual(inactive);
    expect(await introspect(theirs)).toEqual(inactive);
    expect(await introspect(theirs, foreign)).toMatchObject({ active: true, tenant: tenantId });
    await server.superadmin.post('/tenants/suspend', { tenantId }, 200);
    expect(await introspect(theirs, foreign)).toMatchObject({ error: 'invalid_client' });
  }, 60_000);

  it('without credentials or without a token, answers nothing about tokens', async () => {
    const token = await tokenOf(client);
    expect(await postForm(server.anonymous, '/oauth/introspect', { token }))
      .toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await postForm(server.anonymous, '/oauth/introspect', { token }, { Authorization: `Bearer ${token}` }))
      .toMatchObject({ status: 401 });
    expect(await postForm(server.anonymous, '/oauth/introspect', {}, basicOf(client)))
      .toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});

describe('POST /oauth/revoke', () => {
  it('one\'s own token, ends its session at once, and once more is answered the same', async () => {
    const service = await asService(server.anonymous, client);
    const answer = await revoke(service.token ?? '');
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: '' });
    expect((await service.get('/permissions')).body).toMatchObject({ code: 'session-ended' });
    expect(await introspect(service.token ?? '')).toEqual(inactive);
    expect((await revoke(service.token ?? '')).status).toBe(200);
  });

  it('token of another client, a user, another tenant or nobody, is answered the same and lives on', async () => {
    const { client: foreign } = await newOrganization('initech');
    const [another, ann] = [await newServiceClient(server.superadmin), await logIn()];
    const [service, abroad] = [await asService(server.anonymous, another), await asService(server.anonymous, foreign)];
    for (const token of [
      service.token ?? '', abroad.token ?? '', ann.access, ann.refresh, 'made-up',
    ]) expect((await revoke(token)).status).toBe(200);
    for (const caller of [service, abroad, server.anonymous.withToken(ann.access)]) await caller.get('/permissions', 200);
    await server.anonymous.post('/users/refresh', { refresh_token: ann.refresh }, 200);
  }, 60_000);

  it('nobody, or no token, is refused', async () => {
    expect(await postForm(server.anonymous, '/oauth/revoke', { token: await tokenOf(client) }))
      .toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await postForm(server.anonymous, '/oauth/revoke', {}, basicOf(client)))
      .toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });
});
