import { pino } from 'pino';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

/** Two roles of one name in a tenant's own database, which no index of it keeps apart. */
async function duplicateRoles({ connection, stores }: TestGatehouse, tenantId: string): Promise<void> {
  const roles = connection.useDb(`${connection.name}_t_${tenantId}`).collection(stores.roles.collection.collectionName);
  await roles.dropIndexes();
  const { _id: _own, ...guest } = await roles.findOne({ type: 'guest' }) ?? {};
  await roles.insertOne(guest);
}

describe('a boot with newly declared roles', () => {
  const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
  const roles = [
    { type: 'helper', name: 'Helper', description: 'Reads the trail.', rights: ['/audit/load'], inherits: [] },
    { type: 'chief', name: 'Chief', description: 'Has helpers.', rights: [], inherits: ['helper'] },
  ];
  const logged: string[][] = [];
  const tenants = new Map<string, string>();
  let first: TestGatehouse;
  let nodes: TestGatehouse[] = [];
  beforeAll(async () => {
    first = await startGatehouse({ settings });
    for (const [name, isolation] of [['plain', 'shared'], ['own', 'shared'], ['broken', 'database']] as const) {
      const { body } = await first.superadmin.post('/tenants/create', { name, isolation, admin: { email: `boss@${name}.test` } }, 201);
      tenants.set(name, body.tenantId);
    }
    first.ownDatabases.add(tenants.get('broken') ?? '');
    await first.superadmin.post('/roles/create?tenant=own', { roleId: 'helper', type: 'helper', rights: ['/permissions/explain'] }, 201);
    await duplicateRoles(first, tenants.get('broken') ?? '');
    nodes = await Promise.all([1, 2].map(() => {
      const lines: string[] = [];
      logged.push(lines);
      return startGatehouse(
        { settings, roles, database: first.database, logger: pino({ level: 'warn' }, { write: (line) => void lines.push(line) }) },
      );
    }));
  }, 60_000);
  afterAll(async () => {
    for (const node of [...nodes, first]) await node.close();
  });

  it('of two nodes at once, gives them to every tenant once', async () => {
    const stored = await first.stores.roles.find({ tenantId: tenants.get('plain') ?? '' }, { type: 1, version: 1 }).lean();
    expect(stored.map(({ type, version }) => `${type} ${version}`).sort()).toEqual(['admin 1', 'chief 1', 'guest 1', 'helper 1', 'user 1']);
  });

  it('one of which a tenant has a role of its own of that name, that tenant keeps its own, and the log names it', async () => {
    const stored = await first.stores.roles.find(
      { tenantId: tenants.get('own') ?? '', type: { $in: ['helper', 'chief'] } },
    ).sort({ type: 1 }).lean();
    expect(stored).toMatchObject(
      [{ type: 'chief', isSystemRole: true }, { type: 'helper', isSystemRole: false, rights: [{ url: '/permissions/explain' }] }],
    );
    expect(logged.flat().filter((line) => line.includes('the tenant \\"own\\" has a role of its own with the roleId or type \\"helper\\"')))
      .not.toEqual([]);
  });

  it('with data of a tenant in the way, the log names the tenant, and the others are served', async () => {
    for (const lines of logged) {
      expect(lines.filter((line) => /the tenant \\"broken\\" was not given the declared roles: Unique index missing/.test(line)))
        .toHaveLength(1);
    }
    const behind = await first.stores.tenants.find({ name: { $in: [...tenants.keys()] } }).sort({ name: 1 }).lean();
    expect(new Set(behind.map(({ seededWith }) => seededWith)).size).toBe(2);
    expect(behind.find(({ name }) => name === 'own')?.seededWith).toBe(behind.find(({ name }) => name === 'plain')?.seededWith);
  });
});
