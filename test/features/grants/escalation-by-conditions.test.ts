import type { Condition } from '../../../src/engine/policies/condition.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { codeOf } from '../../support/answers.ts';
import { newServiceClient } from '../../support/service-client.ts';
import { inHours, mayPay, rolesOfUser, startFirms } from './firms.ts';

const { server, newFirm, newUser } = await startFirms();

describe('where policies have conditions on roles, an admin who lacks what they grant', () => {
  const ifHas = (...roleIds: string[]) => roleIds.map(
    (roleId): Condition => ({ type: 'attribute', left: 'subject.roles', operator: 'eq', right: { value: roleId } }),
  );
  const pay: Policy = { effect: 'allow', actions: ['pay'], resources: ['bills'] };
  const payIf = (...roleIds: string[]): Policy => ({ ...pay, conditions: ifHas(...roleIds) });
  const payer = { roleId: 'payer', type: 'payer', rights: [] };

  /** A tenant with the empty roles payer, north and plain; its guests hold these policies. */
  async function firmWith(...policies: Policy[]) {
    const firm = await newFirm();
    for (const roleId of ['payer', 'north', 'plain']) await firm.admin.post('/roles/create', { roleId, type: roleId, rights: [] }, 201);
    await server.superadmin.put(`/roles/update?tenant=${firm.name}`, { type: 'guest', policies }, 200);
    return {
      ...firm,
      asRoot: (path: string, body: object, expected = 200) => server.superadmin.post(`${path}?tenant=${firm.name}`, body, expected),
      assign: (userId: string, roleId: string, mode = 'add') => firm.admin.post('/roles/assign', { userId, roleId, mode }),
    };
  }

  it('cannot grant such a role: not to a user, not to a client, not as a default or as a replacement', async () => {
    const { admin, adminId, assign } = await firmWith(payIf('payer'));
    const other = await newUser(admin, 'north');
    for (const refused of [
      await assign(adminId, 'payer'), await assign(other, 'payer'),
      await admin.post('/clients/create', { name: 'till', roles: ['payer'] }),
      await admin.put('/roles/update', { type: 'payer', isDefault: true }),
      await admin.post(
        '/roles/create', { ...payer, roleId: 'second', type: 'second', inherits: ['payer'], isDefault: true, policies: [payIf('second')] },
      ),
      await admin.delete('/roles/delete?roleId=north&reassignTo=payer'),
    ]) expect([refused.status, codeOf(refused)]).toEqual([403, 'grants-exceed-own']);
    expect(await rolesOfUser(admin, other)).toEqual(['guest', 'north']);
    expect(await mayPay(admin)).toMatchObject({ decisions: [{ allowed: false }] });
  }, 60_000);

  it('grants and takes away every other role', async () => {
    const { admin, adminId, assign } = await firmWith(payIf('payer'));
    const other = await newUser(admin);
    expect((await assign(other, 'plain', 'replace')).status).toBe(200);
    expect((await assign(other, 'north')).status).toBe(200);
    expect((await assign(other, 'plain', 'remove')).status).toBe(200);
    expect((await assign(adminId, 'plain')).status).toBe(200);
    await admin.post('/clients/create', { name: 'till', roles: ['plain'] }, 201);
    await admin.delete('/roles/delete?roleId=north&reassignTo=plain', 204);
    expect(await rolesOfUser(admin, other)).toEqual(['plain']);
  }, 60_000);

  it('cannot act on a user or client for whom the conditions hold', async () => {
    const { admin, name, asRoot } = await firmWith(payIf('payer'));
    const other = await newUser(admin);
    await asRoot('/roles/assign', { userId: other, roleId: 'payer', mode: 'add' });
    const { clientId } = await newServiceClient(server.superadmin, ['payer'], `?tenant=${name}`);
    for (const refused of [
      await admin.put(`/admin/update-user/${other}`, { email: 'mine@example.com' }),
      await admin.post('/admin/disable-user', { userId: other }),
      await admin.post('/roles/assign', { userId: other, roleId: 'plain', mode: 'add' }),
      await admin.post('/clients/rotate-secret', { clientId }),
      await admin.delete('/roles/delete?roleId=payer&reassignTo=plain'),
    ]) expect([refused.status, codeOf(refused)]).toEqual([403, 'target-outranks-caller']);
  }, 60_000);

  it('who has the role themselves, can grant it', async () => {
    const { admin, adminId, asRoot, assign } = await firmWith(payIf('payer'));
    const other = await newUser(admin);
    await asRoot('/roles/assign', { userId: adminId, roleId: 'payer', mode: 'add' });
    expect((await assign(other, 'payer')).status).toBe(200);
    expect(await mayPay(admin)).toMatchObject({ decisions: [{ allowed: true }] });
  }, 60_000);

  it('and the conditions name two roles, cannot grant the second of them', async () => {
    const { admin, adminId, asRoot, assign } = await firmWith(payIf('payer', 'north'));
    const other = await newUser(admin, 'north');
    await asRoot('/roles/assign', { userId: adminId, roleId: 'payer', mode: 'add' });
    expect(codeOf(await assign(other, 'payer'))).toBe('grants-exceed-own');
    expect((await assign(await newUser(admin), 'payer')).status).toBe(200);
  }, 60_000);

  it('and another role brings the policies, cannot grant the role of the conditions to its holders', async () => {
    const { admin, adminId, name, assign } = await firmWith();
    await server.superadmin.post(
      `/roles/create?tenant=${name}`, { roleId: 'clerk', type: 'clerk', rights: [], policies: [payIf('payer')] }, 201,
    );
    await server.superadmin.post(`/roles/assign?tenant=${name}`, { userId: adminId, roleId: 'clerk', mode: 'add' }, 200);
    expect((await assign(adminId, 'north')).status).toBe(200);
    expect(codeOf(await assign(adminId, 'payer'))).toBe('grants-exceed-own');
    expect(codeOf(await admin.delete('/roles/delete?roleId=north&reassignTo=payer', 403))).toBe('grants-exceed-own');
    expect(await rolesOfUser(admin, adminId)).toEqual(expect.arrayContaining(['clerk', 'north']));
    // Nor can they put these policies into a role whose holder meets the conditions.
    const other = await newUser(admin, 'north');
    await server.superadmin.post(`/roles/assign?tenant=${name}`, { userId: other, roleId: 'payer', mode: 'add' }, 200);
    for (const edit of [{ policies: [payIf('payer')] }, { inherits: ['clerk'] }]) {
      expect(codeOf(await admin.put('/roles/update', { type: 'north', ...edit }))).toBe('grants-exceed-own');
    }
    expect(codeOf(await admin.post('/groups/create', { groupName: 'payers', roles: [], policies: [payIf('payer')] })))
      .toBe('grants-exceed-own');
    // A change that grants nothing new is done.
    await admin.put('/roles/update', { type: 'north', permissions: [], description: 'Another.' }, 200);
  }, 60_000);

  it('and a condition compares roles with the resource, cannot grant a role that they lack', async () => {
    const hasRoleOfBill: Condition = { type: 'attribute', left: 'resource.role', operator: 'in', right: 'subject.roles' };
    const { admin, adminId, asRoot, assign } = await firmWith({ ...pay, conditions: [hasRoleOfBill] });
    const other = await newUser(admin);
    await asRoot('/roles/assign', { userId: adminId, roleId: 'plain', mode: 'add' });
    expect(codeOf(await assign(other, 'payer'))).toBe('grants-exceed-own');
    expect(codeOf(await assign(adminId, 'payer'))).toBe('grants-exceed-own');
    expect((await assign(other, 'plain')).status).toBe(200);
  }, 60_000);

  it('cannot take a deny from later users by a role that is no longer a default', async () => {
    const { admin, adminId, asRoot } = await firmWith(pay);
    const policies: Policy[] = [{ ...pay, effect: 'deny' }];
    await asRoot('/roles/create', { roleId: 'bound', type: 'bound', rights: [], policies, isDefault: true }, 201);
    await asRoot('/roles/assign', { userId: adminId, roleId: 'bound', mode: 'add' });
    expect(codeOf(await admin.put('/roles/update', { type: 'bound', isDefault: false }))).toBe('grants-exceed-own');
  }, 60_000);

  it('cannot lift a deny by taking away the role of its condition, nor by replacing it', async () => {
    const deniedIfNorth: Policy = { ...pay, effect: 'deny', conditions: ifHas('north') };
    const { admin, asRoot, assign } = await firmWith(pay, deniedIfNorth);
    const barred = await newUser(admin);
    await asRoot('/roles/assign', { userId: barred, roleId: 'north', mode: 'add' });
    // An admin without the deny may take the role away.
    expect((await assign(barred, 'north', 'remove')).status).toBe(200);
    const { admin: second, adminId: secondId, asRoot: asRootThere, assign: assignThere } = await firmWith(pay, deniedIfNorth);
    const there = await newUser(second);
    for (const userId of [there, secondId]) await asRootThere('/roles/assign', { userId, roleId: 'north', mode: 'add' });
    expect(codeOf(await assignThere(there, 'north', 'remove'))).toBe('grants-exceed-own');
    expect(codeOf(await assignThere(secondId, 'north', 'remove'))).toBe('grants-exceed-own');
    for (const times of [{ validFrom: inHours(1) }, { validUntil: inHours(1) }]) {
      for (const userId of [there, secondId]) {
        expect(codeOf(await second.post('/roles/assign', { userId, roleId: 'north', mode: 'add', ...times }))).toBe('grants-exceed-own');
      }
    }
    expect(codeOf(await second.delete('/roles/delete?roleId=north&reassignTo=plain', 403))).toBe('grants-exceed-own');
  }, 60_000);
});
