import { pino } from 'pino';
import type { GatehouseDeps } from '../../../src/gatehouse.types.ts';
import type { GatehouseEvent, OnEvent } from '../../../src/features/events/event.types.ts';
import { inTransaction } from '../../../src/platform/database/transactions.ts';
import { newId } from '../../../src/platform/database/queries/new-id.ts';
import { eventually } from '../../support/eventually.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { standardPassword } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: standardPassword });
const first = await startGatehouse({ settings });
const { database, superadmin } = first;
const { user: { userId: rootId } } = (await superadmin.get('/profile/me', 200)).body;
let counter = 0;
const nextEmail = () => `events-${(counter += 1)}@example.com`;
const createUser = async (name = 'Ada') => (
  await first.gatehouse.users.create({ email: nextEmail(), firstName: name }, { actor: { userId: rootId } })).userId;

/** Another node of the same database, with listeners. */
function startNode(listen: (on: OnEvent) => void, more: Partial<GatehouseDeps> = {}): Promise<TestGatehouse> {
  return startGatehouse({ database, settings, logsIn: false, host: (_app, { on }) => { listen(on); }, ...more });
}

/** A listener that keeps what it hears. */
function newEar() {
  const heard: GatehouseEvent[] = [];
  return { heard, listener: (event: GatehouseEvent) => void heard.push(event), ids: () => heard.map(({ target }) => target.id) };
}

/** A logger that keeps the messages of errors. */
function newLog() {
  const errors: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => void errors.push((JSON.parse(line) as { msg: string }).msg) });
  return { errors, logger };
}

describe('listeners with a name', () => {
  it('changes of another node, arrive in their order, with what the audit trail has', async () => {
    const ear = newEar();
    const node = await startNode((on) => { on('user.create', ear.listener, { name: 'in-order' }); });
    const ids = [await createUser('Ada'), await createUser('Bob'), await createUser('Cy')];
    await eventually(() => ear.heard.length === 3);
    expect(ear.ids()).toEqual(ids);
    expect(ear.heard[0]).toMatchObject({
      event: 'user.create', tenantId: 'default', target: { kind: 'user', id: ids[0] }, actor: { userId: rootId, via: 'code' },
      after: { firstName: 'Ada', isActive: true },
    });
    expect(ear.heard[0]?.at).toBeInstanceOf(Date);
    await node.close();
  });

  it('changes made while no process with the name runs, arrive when one starts', async () => {
    const [before, after] = [newEar(), newEar()];
    const node = await startNode((on) => { on('user.create', before.listener, { name: 'away' }); });
    const known = await createUser();
    await eventually(() => before.heard.length === 1);
    await node.close();
    const missed = [await createUser(), await createUser()];
    const next = await startNode((on) => { on('user.create', after.listener, { name: 'away' }); });
    await eventually(() => after.heard.length === 2);
    expect([before.ids(), after.ids()]).toEqual([[known], missed]);
    await next.close();
  });

  it('a change that commits late with a smaller id, is not missed', async () => {
    const ear = newEar();
    const node = await startNode((on) => {
      for (const event of ['user.disable', 'user.create'] as const) on(event, ear.listener, { name: 'late' });
    });
    const [recordId, at] = [newId(), new Date()];
    const target = { kind: 'user', id: 'late' };
    const row = { tenantId: 'default', at, action: 'user.disable', target, expiresAt: new Date(Date.now() + 60_000) };
    const record = { ...row, _id: recordId, result: 'done' as const, count: 1, lastAt: at };
    const userIds = await inTransaction(first.connection, async (session) => {
      await first.stores.auditRecords.insertMany([record], { session });
      await first.stores.outbox.insertMany([{ ...row, _id: newId(), policy: false, users: [], recordId }], { session });
      return [await createUser(), await createUser()];
    });
    userIds.push(await createUser());
    await eventually(() => userIds.every((id) => ear.ids().includes(id)) && ear.ids().includes('late'));
    expect(ear.ids().filter((id) => id !== 'late')).toEqual(userIds);
    expect(ear.heard).toHaveLength(4);
    await node.close();
  });

  it('a listener that fails, is called again, and later events wait for it', async () => {
    const { errors, logger } = newLog();
    const heard: string[] = [];
    let failures = 3;
    const listener = async ({ target: { id } }: GatehouseEvent) => {
      await Promise.resolve();
      heard.push(id);
      if ((failures -= 1) >= 0) throw new Error('not yet');
    };
    const node = await startNode((on) => { on('user.create', listener, { name: 'failing' }); }, { logger });
    const [one, two] = [await createUser(), await createUser()];
    await eventually(() => heard.includes(two));
    expect(heard).toEqual([one, one, one, one, two]);
    expect(errors).toEqual(Array.from({ length: 3 }, () => 'a listener failed: it is called again, and later events wait'));
    await node.close();
  });

  it('two processes with the name, deliver each event once', async () => {
    const [one, other] = [newEar(), newEar()];
    const nodes = [
      await startNode((on) => { on('*', one.listener, { name: 'shared' }); }),
      await startNode((on) => { on('*', other.listener, { name: 'shared' }); }),
    ];
    const ids = [await createUser(), await createUser(), await createUser()];
    await eventually(() => one.heard.length + other.heard.length >= 3);
    expect([...one.ids(), ...other.ids()]).toEqual(ids);
    // The one that ends hands over at once, and the other goes on after it.
    await nodes[0]?.close();
    const next = await createUser();
    await eventually(() => other.ids().includes(next));
    expect(new Set([...one.ids(), ...other.ids()]).size).toBe(4);
    await nodes[1]?.close();
  });

  it('a place that the database has lost, is told loudly, and the audit trail has the events', async () => {
    const [before, after, { errors, logger }] = [newEar(), newEar(), newLog()];
    const node = await startNode((on) => { on('user.create', before.listener, { name: 'lost' }); });
    const known = await createUser();
    await eventually(() => before.heard.length === 1);
    await node.close();
    const tenant = await first.newTenant();
    const missed = await createUser();
    await first.stores.eventPositions.updateOne({ _id: 'lost' }, { $set: { token: { _data: '00' } } });
    const next = await startNode((on) => { on('user.create', after.listener, { name: 'lost' }); }, { logger });
    await eventually(() => after.ids().includes(missed));
    const later = await createUser();
    await eventually(() => after.ids().includes(later));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('read from the audit trail');
    expect(after.ids()).not.toContain(known);
    expect(after.ids()).toEqual([...new Set(after.ids())]);
    const ofTenant = after.heard.filter(({ tenantId }) => tenantId === tenant.tenantId);
    expect(ofTenant.map(({ target }) => target.id)).toContain(tenant.admin.userId);
    // Until the trail is read to its end, the lost place stays.
    const placeNow = async () => (await first.stores.eventPositions.findById('lost').lean())?.token;
    await eventually(async () => JSON.stringify(await placeNow()) !== JSON.stringify({ _data: '00' }));
    expect(await placeNow()).toEqual(expect.anything());
    await next.close();
  });

  it('an event of an erased user, has no personal data', async () => {
    const ear = newEar();
    const started = await startNode((on) => { on('user.create', () => undefined, { name: 'erased' }); });
    await started.close();
    const userId = await createUser('Grace');
    await first.gatehouse.users.delete(userId, { actor: { userId: rootId } });
    const next = await startNode((on) => { on('*', ear.listener, { name: 'erased' }); });
    await eventually(() => ear.heard.length === 2);
    expect(ear.heard.map(({ event }) => event)).toEqual(['user.create', 'user.delete']);
    expect(JSON.stringify(ear.heard)).not.toContain('Grace');
    await next.close();
  });
});

describe('listeners without a name', () => {
  it('hear what any node commits while they run, and nothing from before', async () => {
    await createUser();
    const ear = newEar();
    const node = await startNode((on) => { on('user.create', ear.listener); });
    const userId = await createUser();
    await eventually(() => ear.heard.length > 0);
    expect(ear.ids()).toEqual([userId]);
    const later = newEar();
    node.gatehouse.on('user.create', later.listener);
    await createUser();
    await eventually(() => ear.heard.length === 2 && later.heard.length === 1);
    await node.close();
  });

  it('one that fails, does not keep others or later events from anybody', async () => {
    const [ear, { errors, logger }] = [newEar(), newLog()];
    const node = await startNode((on) => {
      on('user.create', () => { throw new Error('no'); });
      on('user.create', () => Promise.reject(new Error('no')));
      on('user.create', ear.listener);
    }, { logger });
    const ids = [await createUser(), await createUser()];
    await eventually(() => ear.heard.length === 2);
    expect(ear.ids()).toEqual(ids);
    await eventually(() => errors.length === 4);
    await node.close();
  });
});

describe('gatehouse.on', () => {
  it.each([
    ['an event that does not exist', ['user.craete', () => undefined], 'There is no event "user.craete"'],
    ['no listener', ['user.create', undefined], 'must be a function'],
    ['a name of another form', ['user.create', () => undefined, { name: 'a b' }], '1 to 64 letters'],
    ['a name after init', ['user.create', () => undefined, { name: 'too-late' }], 'before gatehouse.init(app)'],
  ])('with %s, throws', (_what, args, message) => {
    expect(() => { Reflect.apply(first.gatehouse.on, undefined, args); }).toThrow(message);
  });
});
