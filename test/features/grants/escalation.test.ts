import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { bodyOf, codeOf, itemsOf } from '../../support/answers.ts';
import type { Client } from '../../support/client/client.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { newServiceClient } from '../../support/service-client.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const password = 'a password that is long enough for all';
const hour = 3_600_000;

let mailbox: Mailbox;
let server: TestGatehouse;
let counter = 0;
beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startGatehouse({ settings: testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password, SMTP_URL: mailbox.url }) });
});

/** The admin of a new tenant, in which there is a role that gives more than they hold. */
async function newAdmin(): Promise<{ readonly admin: Client; readonly adminId: string; readonly name: string }> {
  const name = `firm-${(counter += 1)}`;
  const email = `boss@${name}.test`;
  const { body } = await server.superadmin.post('/tenants/create', { name, admin: { email } }, 201);
  const { token } = await mailbox.next(email);
  await server.anonymous.post('/users/reset-password', { token, password }, 204);
  await server.superadmin.post(`/roles/create?tenant=${name}`, { roleId: 'finance', type: 'finance', rights: [], policies: [{ effect: 'allow', actions: ['pay'], resources: ['bills'] }] }, 201);
  return { admin: await server.anonymous.logIn(email, password, name), adminId: body.adminId, name };
}

async function newUser(admin: Client, ...roles: string[]): Promise<string> {
  const { body } = await admin.post('/admin/create-user', { email: `user${(counter += 1)}@example.com`, password }, 201);
  const { userId } = body;
  for (const type of roles) await admin.post('/roles/assign', { userId, type, mode: 'add' }, 200);
  return userId;
}

const inHours = (hours: number) => new Date(Date.now() + hours * hour).toISOString();
const rolesOfUser = async (admin: Client, userId: string) => bodyOf(await admin.get(`/admin/load-user/${userId}`, 200)).roles;
const mayPay = async (client: Client) => (await client.post('/permissions/check', { checks: [{ action: 'pay', resource: 'bills/1' }] }, 200)).body;

describe('an admin who reaches for a role that gives more than they hold', () => {
  it('by deleting one that they have in favour of it, refused and nothing changes', async () => {
    const { admin, adminId } = await newAdmin();
    await admin.post('/roles/create', { roleId: 'stub', type: 'stub', rights: [] }, 201);
    await admin.post('/roles/assign', { userId: adminId, roleId: 'stub', mode: 'add' }, 200);
    expect(codeOf(await admin.delete('/roles/delete?roleId=stub&reassignTo=finance', 403))).toBe('grants-exceed-own');
    expect(await rolesOfUser(admin, adminId)).toContain('stub');
    expect(itemsOf(await admin.get('/roles/load?roleId=stub', 200))).toHaveLength(1);
    expect(await mayPay(admin)).toMatchObject({ decisions: [{ allowed: false }] });
    // In favour of what they could give, they may.
    await admin.post('/roles/create', { roleId: 'clerk', type: 'clerk', rights: ['/audit/load'] }, 201);
    await admin.delete('/roles/delete?roleId=stub&reassignTo=clerk', 204);
    expect(await rolesOfUser(admin, adminId)).toContain('clerk');
  }, 60_000);

  it('by assigning it from a later moment on, to themselves or another, refused', async () => {
    const { admin, adminId } = await newAdmin();
    const other = await newUser(admin);
    for (const userId of [adminId, other]) {
      expect(codeOf(await admin.post('/roles/assign', { userId, roleId: 'finance', mode: 'add', validFrom: inHours(1) }, 403))).toBe('grants-exceed-own');
      expect(await rolesOfUser(admin, userId)).not.toContain('finance');
    }
  }, 60_000);

  it('by acting on somebody who holds it from tomorrow on, refused', async () => {
    const { admin, name } = await newAdmin();
    const [heir, former] = [await newUser(admin), await newUser(admin)];
    const assign = (userId: string, times: object) => server.superadmin.post(`/roles/assign?tenant=${name}`, { userId, roleId: 'finance', mode: 'add', ...times }, 200);
    await assign(heir, { validFrom: inHours(24) });
    await assign(former, { validFrom: inHours(-2), validUntil: inHours(1) });
    await server.stores.users.collection.updateOne({ _id: former as never }, { $set: { 'roleTimes.0.validUntil': new Date(inHours(-1)) } }); // its type says ObjectId
    for (const ask of [
      () => admin.put(`/admin/update-user/${heir}`, { email: `mine${(counter += 1)}@example.com` }, 403),
      () => admin.post('/admin/disable-user', { userId: heir }, 403),
      () => admin.post('/roles/assign', { userId: heir, roleId: 'finance', mode: 'remove' }, 403),
    ]) expect(codeOf(await ask())).toBe('target-outranks-caller');
    // Of whom it is over, nothing is left.
    await admin.put(`/admin/update-user/${former}`, { username: 'former' }, 200);
  }, 60_000);
});

describe('where policies ask for roles, an admin who lacks what they give', () => {
  const ifHas = (...roleIds: string[]) => roleIds.map((roleId): Condition => ({ type: 'attribute', left: 'subject.roles', operator: 'eq', right: { value: roleId } }));
  const payIf = (...roleIds: string[]): Policy => ({ effect: 'allow', actions: ['pay'], resources: ['bills'], conditions: ifHas(...roleIds) });
  const payer = { roleId: 'payer', type: 'payer', rights: [] };

  /** A tenant with the empty roles payer, north and plain; its guests hold these policies. */
  async function newFirm(...policies: Policy[]) {
    const firm = await newAdmin();
    for (const roleId of ['payer', 'north', 'plain']) await firm.admin.post('/roles/create', { roleId, type: roleId, rights: [] }, 201);
    await server.superadmin.put(`/roles/update?tenant=${firm.name}`, { type: 'guest', policies }, 200);
    return {
      ...firm,
      asRoot: (path: string, body: object, expected = 200) => server.superadmin.post(`${path}?tenant=${firm.name}`, body, expected),
      assign: (userId: string, roleId: string, mode = 'add') => firm.admin.post('/roles/assign', { userId, roleId, mode }),
    };
  }

  it('hands out no role that they ask for, to a user, a client, by a default or in place of another', async () => {
    const { admin, adminId, assign } = await newFirm(payIf('payer'));
    const other = await newUser(admin, 'north');
    for (const refused of [
      await assign(adminId, 'payer'), await assign(other, 'payer'),
      await admin.post('/clients/create', { name: 'till', roles: ['payer'] }),
      await admin.put('/roles/update', { type: 'payer', isDefault: true }),
      await admin.post('/roles/create', { ...payer, roleId: 'second', type: 'second', inherits: ['payer'], isDefault: true, policies: [payIf('second')] }),
      await admin.delete('/roles/delete?roleId=north&reassignTo=payer'),
    ]) expect([refused.status, codeOf(refused)]).toEqual([403, 'grants-exceed-own']);
    expect(await rolesOfUser(admin, other)).toEqual(['guest', 'north']);
    expect(await mayPay(admin)).toMatchObject({ decisions: [{ allowed: false }] });
  }, 60_000);

  it('hands out and takes away every other role as ever', async () => {
    const { admin, adminId, assign } = await newFirm(payIf('payer'));
    const other = await newUser(admin);
    expect((await assign(other, 'plain', 'replace')).status).toBe(200);
    expect((await assign(other, 'north')).status).toBe(200);
    expect((await assign(other, 'plain', 'remove')).status).toBe(200);
    expect((await assign(adminId, 'plain')).status).toBe(200);
    await admin.post('/clients/create', { name: 'till', roles: ['plain'] }, 201);
    await admin.delete('/roles/delete?roleId=north&reassignTo=plain', 204);
    expect(await rolesOfUser(admin, other)).toEqual(['plain']);
  }, 60_000);

  it('acts on nobody for whom they count, and takes over no client', async () => {
    const { admin, name, asRoot } = await newFirm(payIf('payer'));
    const other = await newUser(admin);
    await asRoot('/roles/assign', { userId: other, roleId: 'payer', mode: 'add' });
    const { clientId } = await newServiceClient(server.superadmin, ['payer'], `?tenant=${name}`);
    for (const refused of [
      await admin.put(`/admin/update-user/${other}`, { email: 'mine@example.com' }), await admin.post('/admin/disable-user', { userId: other }),
      await admin.post('/roles/assign', { userId: other, roleId: 'plain', mode: 'add' }), await admin.post('/clients/rotate-secret', { clientId }),
      await admin.delete('/roles/delete?roleId=payer&reassignTo=plain'),
    ]) expect([refused.status, codeOf(refused)]).toEqual([403, 'target-outranks-caller']);
  }, 60_000);

  it('who has the role themselves, hands it out', async () => {
    const { admin, adminId, asRoot, assign } = await newFirm(payIf('payer'));
    const other = await newUser(admin);
    await asRoot('/roles/assign', { userId: adminId, roleId: 'payer', mode: 'add' });
    expect((await assign(other, 'payer')).status).toBe(200);
    expect(await mayPay(admin)).toMatchObject({ decisions: [{ allowed: true }] });
  }, 60_000);

  it('that count by two roles, gives nobody the second of them', async () => {
    const { admin, adminId, asRoot, assign } = await newFirm(payIf('payer', 'north'));
    const other = await newUser(admin, 'north');
    await asRoot('/roles/assign', { userId: adminId, roleId: 'payer', mode: 'add' });
    expect(codeOf(await assign(other, 'payer'))).toBe('grants-exceed-own');
    expect((await assign(await newUser(admin), 'payer')).status).toBe(200);
  }, 60_000);

  it('that come by another role of the holder, gives none for which they count', async () => {
    const { admin, adminId, name, assign } = await newFirm();
    await server.superadmin.post(`/roles/create?tenant=${name}`, { roleId: 'clerk', type: 'clerk', rights: [], policies: [payIf('payer')] }, 201);
    await server.superadmin.post(`/roles/assign?tenant=${name}`, { userId: adminId, roleId: 'clerk', mode: 'add' }, 200);
    expect((await assign(adminId, 'north')).status).toBe(200);
    expect(codeOf(await assign(adminId, 'payer'))).toBe('grants-exceed-own');
    expect(codeOf(await admin.delete('/roles/delete?roleId=north&reassignTo=payer', 403))).toBe('grants-exceed-own');
    expect(await rolesOfUser(admin, adminId)).toEqual(expect.arrayContaining(['clerk', 'north']));
    // Nor does a role of somebody for whom they would count come to give them.
    const other = await newUser(admin, 'north');
    await server.superadmin.post(`/roles/assign?tenant=${name}`, { userId: other, roleId: 'payer', mode: 'add' }, 200);
    for (const edit of [{ policies: [payIf('payer')] }, { inherits: ['clerk'] }]) expect(codeOf(await admin.put('/roles/update', { type: 'north', ...edit }))).toBe('grants-exceed-own');
    expect(codeOf(await admin.post('/groups/create', { groupName: 'payers', roles: [], policies: [payIf('payer')] }))).toBe('grants-exceed-own');
    // What gives them nothing new, may be written all the same.
    await admin.put('/roles/update', { type: 'north', permissions: [], description: 'Another.' }, 200);
  }, 60_000);

  it('that compare roles with the resource, hands out no role that they lack', async () => {
    const { admin, adminId, asRoot, assign } = await newFirm({ effect: 'allow', actions: ['pay'], resources: ['bills'], conditions: [{ type: 'attribute', left: 'resource.role', operator: 'in', right: 'subject.roles' }] });
    const other = await newUser(admin);
    await asRoot('/roles/assign', { userId: adminId, roleId: 'plain', mode: 'add' });
    expect(codeOf(await assign(other, 'payer'))).toBe('grants-exceed-own');
    expect(codeOf(await assign(adminId, 'payer'))).toBe('grants-exceed-own');
    expect((await assign(other, 'plain')).status).toBe(200);
  }, 60_000);

  it('takes no deny from those who come later, by a default that is none any more', async () => {
    const { admin, asRoot } = await newFirm({ effect: 'allow', actions: ['pay'], resources: ['bills'] });
    await asRoot('/roles/create', { roleId: 'bound', type: 'bound', rights: [], policies: [{ effect: 'deny', actions: ['pay'], resources: ['bills'] }], isDefault: true }, 201);
    await asRoot('/roles/assign', { userId: (await admin.get('/profile/me', 200).then(({ body }) => body.user.userId)), roleId: 'bound', mode: 'add' });
    expect(codeOf(await admin.put('/roles/update', { type: 'bound', isDefault: false }))).toBe('grants-exceed-own');
  }, 60_000);

  it('lifts no deny by taking away the role that it asks for, nor by a role in its place', async () => {
    const { admin, asRoot, assign } = await newFirm({ effect: 'allow', actions: ['pay'], resources: ['bills'] }, { effect: 'deny', actions: ['pay'], resources: ['bills'], conditions: ifHas('north') });
    const barred = await newUser(admin);
    await asRoot('/roles/assign', { userId: barred, roleId: 'north', mode: 'add' });
    // Who is not barred themselves may.
    expect((await assign(barred, 'north', 'remove')).status).toBe(200);
    const { admin: second, adminId: secondId, asRoot: asRootThere, assign: assignThere } = await newFirm({ effect: 'allow', actions: ['pay'], resources: ['bills'] }, { effect: 'deny', actions: ['pay'], resources: ['bills'], conditions: ifHas('north') });
    const there = await newUser(second);
    for (const userId of [there, secondId]) await asRootThere('/roles/assign', { userId, roleId: 'north', mode: 'add' });
    expect(codeOf(await assignThere(there, 'north', 'remove'))).toBe('grants-exceed-own');
    expect(codeOf(await assignThere(secondId, 'north', 'remove'))).toBe('grants-exceed-own');
    for (const times of [{ validFrom: inHours(1) }, { validUntil: inHours(1) }]) {
      for (const userId of [there, secondId]) expect(codeOf(await second.post('/roles/assign', { userId, roleId: 'north', mode: 'add', ...times }))).toBe('grants-exceed-own');
    }
    expect(codeOf(await second.delete('/roles/delete?roleId=north&reassignTo=plain', 403))).toBe('grants-exceed-own');
  }, 60_000);
});

describe('an admin who changes a role', () => {
  let firm: Awaited<ReturnType<typeof newAdmin>>;
  let boss: string;
  const asRoot = (url: string, body: object) => server.superadmin.post(`${url}?tenant=${firm.name}`, body);
  const deny: Policy[] = [{ effect: 'deny', actions: ['read'], resources: ['papers'] }];
  beforeAll(async () => {
    firm = await newAdmin();
    boss = await newUser(firm.admin);
    await asRoot('/roles/assign', { userId: boss, roleId: 'finance', mode: 'add' });
  }, 60_000);

  const groupWith = async (roleId: string) => ((await asRoot('/groups/create', { groupName: `of ${roleId}`, roles: [roleId] })).body as { groupId: string }).groupId;
  const ways: readonly (readonly [string, (roleId: string) => Promise<unknown>])[] = [
    ['assignment', (roleId) => asRoot('/roles/assign', { userId: boss, roleId, mode: 'add' })],
    ['an assignment to come', (roleId) => asRoot('/roles/assign', { userId: boss, roleId, mode: 'add', validFrom: inHours(1) })],
    ['a group', async (roleId) => asRoot('/groups/add-users', [{ userId: boss, groupId: await groupWith(roleId) }] as object)],
    ['membership', (roleId) => asRoot('/memberships/add', { userId: boss, resource: 'papers/7', roleId })],
    ['a role that inherits it, and one that inherits that', async (roleId) => {
      await asRoot('/roles/create', { roleId: `${roleId}-heir`, type: `${roleId}-heir`, rights: [], inherits: [roleId] });
      await asRoot('/roles/create', { roleId: `${roleId}-heirs-heir`, type: `${roleId}-heirs-heir`, rights: [], inherits: [`${roleId}-heir`] });
      return asRoot('/roles/assign', { userId: boss, roleId: `${roleId}-heirs-heir`, mode: 'add' });
    }],
    ['a client', (roleId) => asRoot('/clients/create', { name: 'robot', roles: [roleId, 'finance'] })],
  ];

  it.each(ways)('that somebody who outranks them holds by %s, refused, whatever the change takes or gives', async (_way, give) => {
    const roleId = `held-${(counter += 1)}`;
    await firm.admin.post('/roles/create', { roleId, type: roleId, rights: [] }, 201);
    expect((await give(roleId) as { status: number }).status).toBeLessThan(300);
    expect(codeOf(await firm.admin.put('/roles/update', { roleId, policies: deny }, 403))).toBe('target-outranks-caller');
    expect(codeOf(await firm.admin.put('/roles/update-rights', { roleId, add: ['/audit/load'] }, 403))).toBe('target-outranks-caller');
    expect(codeOf(await firm.admin.post('/roles/preview', { method: 'PUT', url: '/roles/update', body: { roleId, policies: deny } }, 403))).toBe('target-outranks-caller');
    await firm.admin.put('/roles/update', { roleId, description: 'Takes nothing from anybody.' }, 200);
  }, 60_000);

  it('that everybody holds, refused while somebody outranks them', async () => {
    expect(codeOf(await firm.admin.put('/roles/update', { type: 'guest', policies: deny }, 403))).toBe('target-outranks-caller');
  }, 60_000);

  it('that somebody who outranks them held until now, or that only others hold, done, and its deny is shown as lost', async () => {
    const roleId = `held-${(counter += 1)}`;
    await firm.admin.post('/roles/create', { roleId, type: roleId, rights: [] }, 201);
    await asRoot('/roles/assign', { userId: boss, roleId, mode: 'add', validUntil: inHours(1) });
    await server.stores.users.collection.updateOne({ _id: boss as never }, { $set: { 'roleTimes.$[ended].validUntil': new Date(inHours(-1)) } }, { arrayFilters: [{ 'ended.roleId': roleId }] }); // its type says ObjectId
    const userId = await newUser(firm.admin, roleId);
    const { body } = await firm.admin.post('/roles/preview', { method: 'PUT', url: '/roles/update', body: { roleId, policies: deny } }, 200);
    expect(body).toEqual({ gained: [], lost: [{ userId, policy: deny[0] }], users: 1, complete: true });
    await firm.admin.put('/roles/update', { roleId, policies: deny }, 200);
    expect((await asRoot('/roles/preview', { method: 'PUT', url: '/roles/update', body: { roleId, policies: [] } })).body)
      .toEqual({ gained: [{ userId, policy: deny[0] }], lost: [], users: 1, complete: true });
  }, 60_000);
});

describe('what nobody takes back by a mail', () => {
  it('the role of verified addresses, taken away by a superadmin, stays away when the password is reset or the address changed, by whomever', async () => {
    const email = `person${(counter += 1)}@example.com`;
    const { body } = await server.anonymous.post('/users/register', { email, password }, 201);
    const { userId } = body;
    await server.anonymous.post('/users/verify-email', { token: (await mailbox.next(email)).token, password }, 200);
    expect(await rolesOfUser(server.superadmin, userId)).toEqual(['user']);
    await server.superadmin.post('/roles/assign', { userId, type: 'guest' }, 200);

    await server.anonymous.post('/users/forgot-password', { email }, 202);
    const reset = await mailbox.next(({ to, for: what }) => to === email && what === 'reset-password');
    await server.anonymous.post('/users/reset-password', { token: reset.token, password }, 204);
    expect(await rolesOfUser(server.superadmin, userId)).toEqual(['guest']);

    await server.superadmin.post('/roles/assign', { userId, type: 'user' }, 200);
    const client = await server.anonymous.logIn(email, password);
    const next = `person${(counter += 1)}@example.com`;
    await client.post('/profile/change-email', { email: next, password }, 202);
    await server.superadmin.post('/roles/assign', { userId, type: 'guest' }, 200);
    await server.anonymous.post('/users/verify-email', { token: (await mailbox.next(next)).token, password }, 200);
    expect(bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200))).toMatchObject({ email: next, roles: ['guest'] });

    const third = `person${(counter += 1)}@example.com`;
    await server.superadmin.put(`/admin/update-user/${userId}`, { email: third }, 200);
    await server.anonymous.post('/users/verify-email', { token: (await mailbox.next(third)).token, password }, 200);
    expect(bodyOf(await server.superadmin.get(`/admin/load-user/${userId}`, 200))).toMatchObject({ email: third, emailVerified: true, roles: ['guest'] });
  }, 60_000);
});

describe('the default tenant', () => {
  it('without a login by password, refused: nobody could log in to undo it', async () => {
    expect(codeOf(await server.superadmin.put('/tenants/update', { tenantId: 'default', settings: { loginMethods: [] } }, 409))).toBe('default-tenant-fixed');
    await server.anonymous.logIn('root@example.com', password);
  });
});
