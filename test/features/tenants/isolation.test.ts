import type { Connection } from 'mongoose';
import { createGroupModel } from '../../../src/features/groups/group.model.ts';
import { createHandle } from '../../../src/platform/database/handle.ts';
import { createTenantDatabases } from '../../../src/platform/database/tenancy/tenant-databases.ts';
import type { Client } from '../../support/client/client.ts';
import { deleteTenant } from '../../support/delete-tenant.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { eventually } from '../../support/eventually.ts';

const password = 'a long enough password';
/** What a tenant keeps in a database of its own, once somebody has logged in and been given something. */
const ownCollections = ['auditRecords', 'groups', 'memberships', 'rightSets', 'roles', 'sessions'];

let server: TestGatehouse;
let counter = 0;
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password });
beforeAll(async () => { server = await startGatehouse({ settings }); });

interface Kept {
  readonly tenantId: string;
  readonly name: string;
  readonly admin: Client;
  readonly own: Connection;
}

/** A tenant with a user, a role, a group and a membership, in a database of its own. */
async function newKept(): Promise<Kept> {
  const name = `kept-${(counter += 1)}`;
  const { body } = await server.superadmin.post(
    '/tenants/create', { name, isolation: 'database', admin: { email: `first@${name}.test` } }, 201,
  );
  const { tenantId } = body;
  server.ownDatabases.add(tenantId);
  const email = `boss@${name}.test`;
  const { userId } = (await server.superadmin.post(`/admin/create-user?tenant=${name}`, { email, password }, 201)).body;
  await server.superadmin.post(`/roles/assign?tenant=${name}`, { userId, type: 'admin', mode: 'add' }, 200);
  const admin = await server.anonymous.logIn(email, password, name);
  await admin.post('/roles/create', { roleId: 'helper', type: 'helper', rights: ['/audit/load'] }, 201);
  await admin.post('/groups/create', { groupName: 'team', roles: ['helper'] }, 201);
  await admin.post('/memberships/add', { userId, resource: 'projects/1', type: 'helper' }, 201);
  await admin.get('/permissions', 200);
  return { tenantId, name, admin, own: server.connection.useDb(`${server.connection.name}_t_${tenantId}`) };
}

async function countsIn(connection: Connection, tenantId: string): Promise<Record<string, number>> {
  const names = (await connection.listCollections()).map(({ name }) => name).sort();
  const counts = await Promise.all(
    names.map(async (name) => [name, await connection.collection(name).countDocuments({ tenantId })] as const),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

describe('a tenant with a database of its own', () => {
  it('keeps roles, groups, memberships, sessions and its trail there, and its users and links with all others', async () => {
    const { tenantId, own } = await newKept();
    expect(Object.keys(await countsIn(own, tenantId)).sort()).toEqual(ownCollections);
    const inShared = async () => Object.keys(await countsIn(server.connection, tenantId));
    await eventually(async () => (await inShared()).includes('tokens')); // links are made as mails are sent
    const shared = await inShared();
    expect(shared.filter((name) => ownCollections.includes(name))).toEqual([]);
    expect(shared).toEqual(expect.arrayContaining(['users', 'outbox', 'tokens']));
  }, 60_000);

  it('has every index there that the shared one has', async () => {
    const { own } = await newKept();
    for (const name of ownCollections) {
      const keysOf = async (connection: Connection) => (await connection.collection(name).indexes()).map(
        ({ key, unique, expireAfterSeconds }) => JSON.stringify({ key, unique, expireAfterSeconds }),
      ).sort();
      expect(await keysOf(own)).toEqual(await keysOf(server.connection));
    }
  }, 60_000);

  it('a change that fails, leaves nothing in either database', async () => {
    const { tenantId, admin, own } = await newKept();
    // Links are made as mails are sent, which may be after the change that orders them.
    const counted = async () => [await countsIn(own, tenantId), { ...await countsIn(server.connection, tenantId), tokens: 'any' }];
    const before = await counted();
    await admin.post('/groups/create', { groupName: 'another', roles: ['nobody'] }, 404);
    await admin.post('/roles/create', { roleId: 'helper', type: 'helper', rights: [] }, 409);
    expect(await counted()).toEqual(before);
  }, 60_000);

  it('whose creation fails, leaves no database', async () => {
    const { name } = await newKept();
    const before = await databasesOf(server);
    await server.superadmin.post('/tenants/create', { name, isolation: 'database', admin: { email: 'boss@example.com' } }, 409);
    expect(await databasesOf(server)).toEqual(before);
  }, 60_000);

  it('deleted, takes its database along', async () => {
    const { tenantId, name } = await newKept();
    await deleteTenant(server.superadmin, { tenantId, tenantName: name });
    expect(await databasesOf(server)).not.toContain(`${server.connection.name}_t_${tenantId}`);
  }, 60_000);

  it('while a move of it has not ended, is neither resumed nor changed nor deleted', async () => {
    const { tenantId, name } = await newKept();
    await server.superadmin.post('/tenants/suspend', { tenantId }, 200);
    for (const left of [{ movingTo: 'shared' as const }, { leftIn: 'shared' as const }]) {
      await server.stores.tenants.updateOne({ _id: tenantId }, { $set: left });
      const answers = [
        await server.superadmin.post('/tenants/resume', { tenantId }),
        await server.superadmin.put('/tenants/update', { tenantId, name: 'another' }),
        await server.superadmin.delete(`/tenants/delete?tenantId=${tenantId}&name=${name}&digest=${'0'.repeat(64)}`),
      ];
      expect(answers).toMatchObject(Array.from(answers, () => ({ status: 503, body: { code: 'tenant-moving' } })));
      await server.stores.tenants.updateOne({ _id: tenantId }, { $unset: { movingTo: 1, leftIn: 1 } });
    }
    await server.superadmin.post('/tenants/resume', { tenantId }, 200);
  }, 60_000);

  it('made by a release with other indexes, gets those of this one at the next boot', async () => {
    const { tenantId, own } = await newKept();
    const namesOf = async () => (await own.collection('roles').indexes()).map(({ name }) => name).sort();
    const before = await namesOf();
    await own.collection('roles').dropIndex('tenantId_1_type_1');
    await server.stores.tenants.updateOne({ _id: tenantId }, { $set: { seededWith: 'something else' } });
    expect(await namesOf()).not.toEqual(before);
    await (await startGatehouse({ settings, database: server.database })).close();
    expect(await namesOf()).toEqual(before);
  }, 60_000);

  it('on a node that has not met it yet, is served as on the one that made it', async () => {
    const { name, admin } = await newKept();
    expect(await server.anonymous.withToken(admin.token ?? '').get('/profile/me', 200)).toBeDefined();
    const { body } = await server.superadmin.get(`/roles/load?tenant=${name}`, 200);
    expect(body.items.map(({ type }) => type).sort()).toEqual(['admin', 'guest', 'helper', 'user']);
  }, 60_000);
});

describe('databases of tenants', () => {
  it('more than are kept open, are opened again and answer as before', async () => {
    const handle = createHandle(server.connection) as Connection & { otherDbs: unknown[] };
    const databases = createTenantDatabases({ handle, prefix: '', tenantLocations: { of: () => 'database' }, maxHeld: 1 });
    const groups = databases.model(createGroupModel);
    const tenantIds = ['one', 'two', 'three'];
    for (let round = 1; round <= 2; round += 1) {
      await Promise.all(tenantIds.map(
        (tenantId) => groups.create({ _id: `${tenantId} ${round}`, tenantId, groupName: `group ${round}`, version: 1, lockCount: 0 }),
      ));
    }
    expect(await Promise.all(tenantIds.map((tenantId) => groups.countDocuments({ tenantId })))).toEqual([2, 2, 2]);
    expect(handle.otherDbs).toHaveLength(2); // the one it was made of and the one that is held
    for (const tenantId of tenantIds) await databases.drop(tenantId);
    expect(await databasesOf(server)).not.toEqual(expect.arrayContaining([expect.stringMatching(/_t_(one|two|three)$/)]));
  }, 60_000);
});

async function databasesOf({ connection }: TestGatehouse): Promise<string[]> {
  const { databases = [] } = await connection.db?.admin().listDatabases({ nameOnly: true }) ?? {};
  return databases.map(({ name }) => name).filter((name) => name.startsWith(`${connection.name}_t_`)).sort();
}
