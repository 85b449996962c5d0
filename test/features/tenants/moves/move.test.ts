import { setTimeout as sleep } from 'node:timers/promises';
import type { Isolation } from '../../../../src/platform/database/tenancy/tenant-locations.ts';
import { createSharedModels } from '../../../../src/boot/stores.ts';
import { createProcesses, nextMessage } from '../../../support/processes.ts';
import { connectTo, createDatabase } from '../../../support/gatehouse/database.ts';
import { proof } from '../../../support/proof.ts';

const points = proof({ short: 4, ci: 8, full: 20 });
const kinds = ['roles', 'groups', 'memberships', 'sessions', 'auditRecords'] as const;
const rowsOfEach = 300;

const processes = createProcesses();
const database = await createDatabase();

interface Suspended {
  readonly tenantId: string;
  readonly name: string;
}

/** A suspended tenant with rows of every kind, and another one with the same, which stays where it is. */
async function newSuspended(name: string): Promise<Suspended> {
  const stores = createSharedModels(database.connection);
  const tenantId = `${name}-id`;
  await stores.tenants.create({ _id: tenantId, name, status: 'suspended', policyVersion: 1, version: 1 });
  for (const kind of kinds) {
    await stores[kind].collection.insertMany(Array.from({ length: rowsOfEach }, (_each, index) => ({
      _id: `${tenantId} ${kind} ${index}` as never, tenantId, roleId: `r${index}`, type: `t${index}`, groupName: `g${index}`,
      userId: `u${index}`, resource: 'projects/1',
      at: new Date(index), expiresAt: new Date('2100-01-01'), refresh: { current: `${tenantId} ${index}`, used: [] }, note: 'kept as it is',
    })));
  }
  return { tenantId, name };
}

/** All rows of a tenant, by the database they are in. */
async function rowsOf(tenantId: string): Promise<Record<Isolation, unknown[]>> {
  const names = kinds.map(String);
  const read = async (name: string) => {
    const { connection, drop } = await connectTo({ uri: database.uri.replace(database.connection.name, name) });
    const rows = (await Promise.all(names.map((kind) => connection.collection(kind).find({ tenantId }).sort({ _id: 1 }).toArray()))).flat();
    await drop();
    return rows;
  };
  return { shared: await read(database.connection.name), database: await read(`${database.connection.name}_t_${tenantId}`) };
}

const start = ({ name }: Suspended, to: Isolation) => processes.fork(
  'test/features/tenants/moves/moving-node.ts', [database.uri, name, to],
);

async function move(tenant: Suspended, to: Isolation): Promise<{ readonly kind: string; readonly milliseconds: number }> {
  const node = start(tenant, to);
  expect(await nextMessage(node)).toBe('moving');
  const outcome = await nextMessage<{ kind: string; milliseconds: number }>(node);
  await node.ended;
  return outcome;
}

describe('a move', () => {
  it('there and back, leaves every row as it was, in one place alone', async () => {
    const [tenant, other] = [await newSuspended('moved'), await newSuspended('unmoved')];
    const [before, others] = [await rowsOf(tenant.tenantId), await rowsOf(other.tenantId)];
    expect(before).toMatchObject({ shared: { length: kinds.length * rowsOfEach }, database: [] });
    expect((await move(tenant, 'database')).kind).toBe('moved');
    expect(await rowsOf(tenant.tenantId)).toEqual({ shared: [], database: before.shared });
    expect((await move(tenant, 'database')).kind).toBe('there-already');
    expect((await move(tenant, 'shared')).kind).toBe('moved');
    expect(await rowsOf(tenant.tenantId)).toEqual(before);
    expect(await rowsOf(other.tenantId)).toEqual(others);
  }, 120_000);

  it(`killed with SIGKILL at ${points} random points and asked for again, nothing is lost and nothing is there twice`, async () => {
    const tenant = await newSuspended('killed');
    const before = (await rowsOf(tenant.tenantId)).shared;
    let to: Isolation = 'database';
    const { milliseconds } = await move(tenant, to);
    let interrupted = 0;
    for (let point = 0; point < points; point += 1) {
      to = to === 'database' ? 'shared' : 'database';
      const node = start(tenant, to);
      await nextMessage(node);
      await sleep(((point + Math.random()) / points) * milliseconds);
      node.child.kill('SIGKILL');
      await node.ended;
      const between = await rowsOf(tenant.tenantId);
      expect([between.shared, between.database]).toContainEqual(before);
      if ((await move(tenant, to)).kind === 'moved') interrupted += 1;
      const after = await rowsOf(tenant.tenantId);
      expect(after).toEqual({ shared: to === 'shared' ? before : [], database: to === 'database' ? before : [] });
    }
    console.log(`move of ${before.length} rows, killed at ${points} random points of ${Math.round(
      milliseconds,
    )} ms: ${interrupted} times it had to go on, always whole and in one place after it`);
  }, proof({ short: 180_000, ci: 300_000, full: 900_000 }));

  it('that was interrupted, is taken back where the tenant is wanted where it still is', async () => {
    const tenant = await newSuspended('back');
    const before = await rowsOf(tenant.tenantId);
    await database.connection.collection('tenants').updateOne({ _id: tenant.tenantId as never }, { $set: { movingTo: 'database' } });
    expect((await move(tenant, 'shared')).kind).toBe('taken-back');
    expect(await rowsOf(tenant.tenantId)).toEqual(before);
  }, 60_000);
});
