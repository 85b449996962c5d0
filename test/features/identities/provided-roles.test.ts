import { codeOf } from '../../support/answers.ts';
import { eventually } from '../../support/eventually.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';

const gatehouse = await startGatehouse({
  permissions: [{ permission: 'read:items', description: 'Read items.' }], attributes: ['level'],
});
const identities = startIdentities(gatehouse);
const { superadmin } = gatehouse;

/** A user in the group `eng` of a provider that gives it a role with a right. */
async function newEngineer(groups: readonly string[] = ['eng']) {
  const role = await gatehouse.newRole('/audit/load');
  const provider = await identities.newProvider({ roleMapping: [{ group: 'eng', role }] });
  const user = await gatehouse.newUser();
  await identities.link(provider, { subject: user.email, claims: { groups } }, user.userId);
  return { ...user, role, provider };
}

describe('roles that providers give', () => {
  it('open URLs, are explained with provider and group, and are found by who-can', async () => {
    const { client, userId, role, provider } = await newEngineer(['Eng']);
    await eventually(async () => (await client.get('/audit/load')).status === 200);
    const question = { method: 'GET', url: '/audit/load' } as const;
    const { body } = await superadmin.post('/permissions/explain', { userId, ...question }, 200);
    expect(body).toMatchObject({ allowed: true, chain: [
      { kind: 'user', id: userId }, { kind: 'provider', id: provider._id }, { kind: 'asserted-group', id: 'Eng' },
      { kind: 'role', id: role },
    ] });
    const { body: { items } } = await superadmin.post('/permissions/who-can', question, 200);
    expect(items.find((each) => each.userId === userId)?.via).toEqual({ kind: 'provider', id: provider._id });
    const { body: { user } } = await client.get('/profile/me', 200);
    expect(user).toMatchObject({ roles: ['guest'], providedRoles: [{ roleId: role, providerId: provider._id, group: 'Eng' }] });
    const { body: list } = await superadmin.get('/admin/load-users?limit=100', 200);
    expect(list.items.find((each) => each.userId === userId)).toEqual(user);
  });

  it('count for everybody at once when the mapping changes, and end with an inactive provider', async () => {
    const { client, provider, role } = await newEngineer();
    const becomes = (status: number) => eventually(async () => (await client.get('/audit/load')).status === status);
    await becomes(200);
    await identities.editProvider(provider, { roleMapping: [{ group: 'ops', role }] });
    await becomes(403);
    await identities.editProvider(provider, { roleMapping: [{ group: 'e*', role }] });
    await becomes(200);
    await identities.editProvider(provider, { status: 'inactive' });
    await becomes(403);
  });

  it('hold their role: a deletion must name another one, which then stands in the mapping', async () => {
    const { provider, role, userId } = await newEngineer();
    await identities.editProvider(provider, { provisioning: { defaultRole: role } });
    const successor = await gatehouse.newRole('/audit/load');
    expect(codeOf(await superadmin.send('DELETE', `/roles/delete?roleId=${role}`))).toBe('role-in-use');
    const call = { method: 'DELETE', url: `/roles/delete?roleId=${role}&reassignTo=${await gatehouse.newRole()}` } as const;
    const { body } = await superadmin.post('/roles/preview', call, 200);
    expect(body.items).toEqual([{ userId, gained: [], lost: [{ right: 'GET /audit/load' }] }]);
    await superadmin.send('DELETE', `/roles/delete?roleId=${role}&reassignTo=${successor}`, { expected: 204 });
    expect(await gatehouse.stores.identityProviders.findOne({ tenantId: 'default', _id: provider._id }).lean()).toMatchObject({
      roleMapping: [{ group: 'eng', role: successor }], provisioning: { defaultRole: successor }, version: 2,
    });
  });

  it('protect their holders from admins with less, also in a role that inherits', async () => {
    const { userId, role } = await newEngineer();
    const admin = await gatehouse.newUser(await gatehouse.newRole('/admin/disable-user'));
    expect(codeOf(await admin.client.post('/admin/disable-user', { userId }, 403))).toBe('target-outranks-caller');
    const editor = await gatehouse.newTenant();
    expect(editor.name).toBeDefined();
    const parent = await gatehouse.newRoleWith({ permissions: ['read:items'] });
    await superadmin.put('/roles/update', { roleId: role, inherits: [parent] }, 200);
    const found = [];
    const session = await gatehouse.connection.startSession();
    const marks = await identities.grants.marksOfRoles('default', [parent], session);
    await session.endSession();
    expect(marks).toMatchObject({ throughProviders: true });
    for await (const each of identities.grants.eachPrincipal('default', { marks })) found.push(each.principal._id);
    expect(found).toContain(userId);
  });

  it('where nothing matches, are the default role of the tenant, which a preview of another default role counts', async () => {
    const { userId, client, provider } = await newEngineer(['ops']);
    expect((await client.get('/profile/me', 200)).body.user.providedRoles).toEqual([{ roleId: 'user', providerId: provider._id }]);
    const role = await gatehouse.newRole('/audit/export');
    const call = { method: 'PUT', url: '/roles/set-default', body: { roleId: role } } as const;
    const { body } = await superadmin.post('/roles/preview', call, 200);
    expect(body.items.find((each) => each.userId === userId)?.gained).toEqual([{ right: 'GET /audit/export' }]);
  });

  it('and attributes of a provider, hold conditions of policies', async () => {
    const policy = {
      effect: 'allow', actions: ['read'], resources: ['items/*'],
      conditions: [
        { type: 'attribute', left: 'subject.department', operator: 'eq', right: { value: 'Sales' } },
        { type: 'attribute', left: 'subject.attributes.level', operator: 'gt', right: { value: 2 } },
      ],
    } as const;
    const role = await gatehouse.newRoleWith({ policies: [policy] });
    const provider = await identities.newProvider({
      roleMapping: [{ group: '*', role }], attributeMapping: { 'department': 'dep', 'attributes.level': 'level' },
    });
    const user = await gatehouse.newUser();
    const person = (level: unknown) => ({ subject: user.email, claims: { groups: ['all'], dep: 'Sales', level } });
    await identities.link(provider, person(3), user.userId);
    const mayRead = async () => (await user.client.post(
      '/permissions/check', { checks: [{ action: 'read', resource: 'items/1' }] }, 200,
    )).body.decisions[0]?.allowed;
    await identities.become(provider, person(3));
    await eventually(async () => (await mayRead()) === true);
    await identities.become(provider, person('3'));
    await eventually(async () => (await mayRead()) === false);
  });
});
