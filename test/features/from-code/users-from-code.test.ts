import { itemsOf } from '../../support/answers.ts';
import { eventually } from '../../support/eventually.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { newServiceClient } from '../../support/service-client.ts';
import { createTestPool, standardPassword as password } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

/** Runs while a password is rated: after the call was allowed, and before its transaction. */
let beforeTransaction: () => Promise<unknown> = () => Promise.resolve();
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password });
const pool = createTestPool(settings.pepper);
const passwordPool: typeof pool = {
  ...pool,
  async rate(task, source) {
    await beforeTransaction();
    return pool.rate(task, source);
  },
};
const gatehouse = await startGatehouse({ settings, passwordPool });
const { gatehouse: { users }, superadmin } = gatehouse;
const { user: { userId: rootId } } = (await superadmin.get('/profile/me', 200)).body;
const root = { userId: rootId };
let counter = 0;
const nextEmail = () => `from-code-${(counter += 1)}@example.com`;

/** A client that may create users. */
async function newCreator(): Promise<{ readonly role: string; readonly clientId: string }> {
  const role = await gatehouse.newRole('/admin/create-user');
  return { role, clientId: (await newServiceClient(superadmin, [role])).clientId };
}

describe('users from code', () => {
  it('a client with the right, creates a user, and the audit trail names it and no address', async () => {
    const { clientId } = await newCreator();
    const email = nextEmail();
    const user = await users.create({ email, firstName: ' Ada ' }, { actor: { clientId } });
    expect(user).toMatchObject({ email, firstName: 'Ada', roles: ['guest'], isActive: true, emailVerified: false });
    const [record] = itemsOf(await superadmin.get(`/audit/load?userId=${clientId}`, 200));
    expect(record).toMatchObject({
      action: 'user.create', result: 'done', via: 'code', target: { kind: 'user', id: user.userId },
      ip: null, userAgent: null, requestId: null, sessionId: null,
    });
  });

  it('every call, does what its URL does', async () => {
    const actor = { actor: root };
    const role = await gatehouse.newRole('/admin/load-users');
    const { userId } = await users.create({ email: nextEmail() }, actor);
    expect((await users.update(userId, { username: 'ada', version: 1 }, actor)).username).toBe('ada');
    await expect(users.update(userId, { username: 'eve', version: 1 }, actor)).rejects.toMatchObject({ code: 'version-conflict' });
    const validUntil = new Date(Date.now() + 60_000);
    const assigned = await users.assign(userId, { type: role, mode: 'add', validUntil }, actor);
    expect(assigned).toMatchObject({ roles: ['guest', role], roleTimes: [{ roleId: role, validUntil: validUntil.toISOString() }] });
    // A host may hand on a body that names another user.
    const misled = await users.assign(userId, { type: role, mode: 'add', userId: 'another' } as never, actor);
    expect(misled.userId).toBe(userId);
    expect((await users.disable(userId, actor)).isActive).toBe(false);
    expect((await users.list({ role, active: false, limit: 1 }, actor)).items.map((user) => user.userId)).toEqual([userId]);
    expect((await users.enable(userId, actor)).isActive).toBe(true);
    expect(await users.find(userId, actor)).toMatchObject({ userId, username: 'ada' });
    await users.delete(userId, actor);
    await expect(users.find(userId, actor)).rejects.toMatchObject({ code: 'user-not-found' });
  });

  it('an actor without the right, is refused, and the refusal is recorded', async () => {
    const { userId } = await gatehouse.newUser();
    await expect(users.create({ email: nextEmail() }, { actor: { userId } }))
      .rejects.toMatchObject({ code: 'right-missing', extras: { required: 'POST /admin/create-user' } });
    await eventually(async () => {
      const [record] = itemsOf(await superadmin.get(`/audit/load?userId=${userId}&result=refused`, 200));
      return record?.code === 'right-missing' && record.via === 'code' && record.url === '/admin/create-user';
    });
  });

  it.each([
    ['without conditions', undefined, 'policy-denies'],
    ['about an address, which code does not have', [{ type: 'ip', ranges: ['10.0.0.0/8'] }], 'policy-denies'],
    ['about another user', [{ type: 'attribute', left: 'subject.id', operator: 'eq', right: { value: 'nobody' } }], undefined],
  ] as const)('a deny of the URL, %s, is decided as by the gate', async (_what, conditions, code) => {
    const deny = { effect: 'deny', actions: ['POST'], resources: ['/admin/create-user'], ...(conditions && { conditions }) };
    const role = await gatehouse.newRoleWith({ rights: ['/admin/create-user'], policies: [deny as never] });
    const { userId } = await gatehouse.newUser(role);
    const created = users.create({ email: nextEmail() }, { actor: { userId } });
    await (code === undefined ? created : expect(created).rejects.toMatchObject({ code }));
  });

  it('delegation, of an admin, is that of HTTP', async () => {
    const [{ userId: admin }, { userId: other }] = [await gatehouse.newUser('admin'), await gatehouse.newUser()];
    const actor = { actor: { userId: admin } };
    await expect(users.disable(rootId, actor)).rejects.toMatchObject({ code: 'target-outranks-caller' });
    await expect(users.disable(admin, actor)).rejects.toMatchObject({ code: 'self-not-allowed' });
    await expect(users.assign(other, { type: 'superadmin' }, actor)).rejects.toMatchObject({ code: 'right-missing' });
    const assigner = await gatehouse.newTenant();
    await expect(users.assign(assigner.admin.userId, { type: 'admin', mode: 'remove' }, { actor: { userId: assigner.admin.userId } }))
      .resolves.toMatchObject({ roles: ['guest'] });
    await expect(users.assign(assigner.admin.userId, { type: 'admin', mode: 'add' }, { actor: { userId: assigner.admin.userId } }))
      .rejects.toMatchObject({ code: 'right-missing' });
    await expect(users.disable(rootId, { actor: root })).rejects.toMatchObject({ code: 'self-not-allowed' });
  });

  it.each([
    ['an unknown field', { email: 'a@example.com', roles: ['superadmin'] }, 'body.roles'],
    ['a wrong address', { email: 'none' }, 'body.email'],
    ['no field', undefined, 'body.email'],
  ])('input with %s, is refused by the rules of HTTP', async (_what, input, field) => {
    await expect(users.create(input as never, { actor: root }))
      .rejects.toMatchObject({ code: 'invalid-input', extras: { errors: [{ field }] } });
  });

  it('a tenant, named by a superadmin, is where the call acts; others may not name one', async () => {
    const { name, tenantId, admin } = await gatehouse.newTenant();
    const { userId } = await users.create({ email: nextEmail() }, { actor: root, tenant: name });
    await expect(users.find(userId, { actor: root })).rejects.toMatchObject({ code: 'user-not-found' });
    expect((await users.find(userId, { actor: { userId: admin.userId } })).userId).toBe(userId);
    await expect(users.find(userId, { actor: { userId: admin.userId }, tenant: name })).rejects.toMatchObject({ code: 'tenant-not-yours' });
    await expect(users.find(userId, { actor: root, tenant: 'nowhere' })).rejects.toMatchObject({ code: 'tenant-not-found' });
    const [record] = itemsOf(await superadmin.get(`/audit/load?action=user.create&tenant=${name}`, 200));
    expect(record).toMatchObject({ userId: rootId, actorTenantId: 'default', via: 'code', target: { id: userId } });
    expect(tenantId).not.toBe('default');
  });

  it('an admin of a tenant, finds nobody of another tenant', async () => {
    const [one, other] = [await gatehouse.newTenant(), await gatehouse.newTenant()];
    const actor = { actor: { userId: one.admin.userId } };
    await expect(users.find(other.admin.userId, actor)).rejects.toMatchObject({ code: 'user-not-found' });
    await expect(users.delete(other.admin.userId, actor)).rejects.toMatchObject({ code: 'user-not-found' });
  });

  it.each([
    ['no options', undefined],
    ['no actor', {}],
    ['an actor that is a text', { actor: rootId }],
    ['an empty userId', { actor: { userId: '' } }],
    ['a query in place of a userId', { actor: { userId: { $gt: '' } } }],
    ['a user and a client', { actor: { userId: rootId, clientId: 'default.0123456789abcdef01234567' } }],
  ])('%s, throws a TypeError that says what to pass', async (_what, options) => {
    await expect((async () => users.find(rootId, options as never))()).rejects.toThrow(
      new TypeError('A call from code needs its actor: pass { actor: { userId } } or { actor: { clientId } }.'),
    );
  });

  it('an actor that is unknown, disabled, deleted or of a suspended tenant, is refused', async () => {
    const refused = (actor: { readonly userId: string } | { readonly clientId: string }) => expect(users.find(rootId, { actor }))
      .rejects.toMatchObject({ code: 'actor-refused' });
    const [disabled, deleted] = [await gatehouse.newUser('admin'), await gatehouse.newUser('admin')];
    await users.disable(disabled.userId, { actor: root });
    await users.delete(deleted.userId, { actor: root });
    const { clientId } = await newServiceClient(superadmin, ['admin']);
    await superadmin.post('/clients/disable', { clientId }, 200);
    const { tenantId, admin } = await gatehouse.newTenant();
    await superadmin.post('/tenants/suspend', { tenantId }, 200);
    for (const userId of ['nobody', disabled.userId, deleted.userId, admin.userId, clientId]) await refused({ userId });
    for (const unknown of [clientId, rootId, 'default.0123456789abcdef01234567', 'nobody']) await refused({ clientId: unknown });
  });

  it('an actor that loses its right after the first decision, is refused inside the transaction', async () => {
    const { clientId, role } = await newCreator();
    beforeTransaction = () => superadmin.put('/roles/update-rights', { roleId: role, rights: [] }, 200);
    const email = nextEmail();
    try {
      await expect(users.create({ email, password }, { actor: { clientId } })).rejects.toMatchObject({ code: 'right-missing' });
    } finally {
      beforeTransaction = () => Promise.resolve();
    }
    expect((await users.list({ email }, { actor: root })).items).toEqual([]);
  });

  it('an actor that is disabled after the first decision, is refused inside the transaction', async () => {
    const { clientId } = await newCreator();
    beforeTransaction = () => superadmin.post('/clients/disable', { clientId }, 200);
    const email = nextEmail();
    try {
      await expect(users.create({ email, password }, { actor: { clientId } })).rejects.toMatchObject({ code: 'actor-refused' });
    } finally {
      beforeTransaction = () => Promise.resolve();
    }
    expect((await users.list({ email }, { actor: root })).items).toEqual([]);
  });

  it('a tenant with a database of its own, is served too', async () => {
    const { tenantId, admin } = await gatehouse.newTenant({ isolation: 'database' });
    gatehouse.ownDatabases.add(tenantId);
    const { userId } = await users.create({ email: nextEmail() }, { actor: { userId: admin.userId } });
    expect((await users.find(userId, { actor: { userId: admin.userId } })).userId).toBe(userId);
  });
});
