import { setTimeout as sleep } from 'node:timers/promises';
import { documentedOperations } from '../../support/client/operations.ts';
import { createRehearsals } from '../../../src/platform/database/rehearsals.ts';
import { createTenantModel } from '../../../src/features/tenants/tenant.model.ts';
import { inTransaction } from '../../../src/platform/database/transactions.ts';
import type { ChangeNotice, Peers } from '../../../src/platform/changes/peers.ts';
import { codeOf } from '../../support/answers.ts';
import { markTested, providerBody } from '../sso/provider-content.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';
import { proof } from '../../support/proof.ts';
import { watchCommands } from '../../support/watch-commands.ts';

// A preview makes the real call and undoes it: nothing of it may stay, in the database, in caches, or with other processes.

interface Previewed {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  /** The code of the refusal; undefined: allowed. */
  readonly code?: string;
}

const told: ChangeNotice[] = [];
const peers: Peers = {
  tell(notices) {
    told.push(...notices);
    return Promise.resolve();
  },
  onTold: () => undefined,
};

/** Of each writer between two writes, in ms. */
const rest = proof({ short: 1_500, ci: 1_000, full: 200 });

let server: TestGatehouse;
let user: TestUser;
let groupId: string;
let providerId: string;
const gated = '/host/gated';

beforeAll(async () => {
  server = await startGatehouse({
    peers, monitorCommands: true, urls: { auth: { '/host/': ['gated'] } },
    host: (app) => void app.get(gated, (_request, response) => void response.json({})),
    permissions: [{ permission: 'read:projects', description: 'May read projects.' }],
  });
  const { superadmin } = server;
  await superadmin.post(
    '/roles/create', { roleId: 'reader', type: 'reader', rights: [gated, '/audit/load'], permissions: ['read:projects'] }, 201,
  );
  await superadmin.post('/roles/create', { roleId: 'free', type: 'free', rights: [] }, 201);
  const body = providerBody({ roleMapping: [{ group: 'eng', role: 'reader' }] });
  providerId = (await superadmin.post('/identity-providers/create', body, 201)).body.providerId;
  await markTested(server, { providerId, revision: 1 });
  await superadmin.post('/identity-providers/activate', { providerId, revision: 1 }, 200);
  user = await server.newUser('reader');
  groupId = ((await superadmin.post('/groups/create', { groupName: 'team', roles: ['reader'] }, 201)).body as { groupId: string }).groupId;
  await superadmin.post('/groups/add-users', [{ userId: user.userId, groupId }], 204);
  await superadmin.post('/memberships/add', { userId: user.userId, resource: 'projects/1', type: 'reader' }, 201);
  await server.stores.identities.create({
    _id: 'identity', tenantId: 'default', userId: user.userId, providerId, realm: 'r', subject: 's', groups: ['eng'], values: [],
    claimsAt: new Date(), lastLoginAt: new Date(),
  });
});
/** Every writing URL that can be previewed, once allowed and once refused. */
const calls = (): Previewed[] => [
  { method: 'POST', url: '/roles/create', body: { roleId: 'new', type: 'new', rights: ['/audit/load'] } },
  { method: 'POST', url: '/roles/create', body: { roleId: 'reader', type: 'reader', rights: [] }, code: 'role-exists' },
  { method: 'PUT', url: '/roles/update', body: { type: 'reader', permissions: [] } },
  { method: 'PUT', url: '/roles/update', body: { type: 'missing', permissions: [] }, code: 'role-not-found' },
  { method: 'PUT', url: '/roles/update-rights', body: { type: 'reader', remove: ['/audit/load'] } },
  { method: 'PUT', url: '/roles/update-rights', body: { type: 'reader', add: ['/nowhere'] }, code: 'right-not-registered' },
  { method: 'PUT', url: '/roles/set-default', body: { type: 'reader' } },
  { method: 'PUT', url: '/roles/set-default', body: { type: 'missing' }, code: 'role-not-found' },
  { method: 'DELETE', url: '/roles/delete?type=free' },
  { method: 'DELETE', url: '/roles/delete?type=reader', code: 'role-in-use' },
  { method: 'POST', url: '/roles/assign', body: { userId: user.userId, type: 'admin', mode: 'add' } },
  { method: 'POST', url: '/roles/assign', body: { userId: 'nobody', type: 'admin', mode: 'add' }, code: 'user-not-found' },
  { method: 'POST', url: '/groups/create', body: { groupName: 'other', roles: ['reader'] } },
  { method: 'POST', url: '/groups/create', body: { groupName: 'team', roles: [] }, code: 'group-exists' },
  { method: 'PUT', url: '/groups/update', body: { groupId, roles: ['free'] } },
  { method: 'PUT', url: '/groups/update', body: { groupId: 'missing', roles: [] }, code: 'group-not-found' },
  { method: 'DELETE', url: `/groups/delete?groupId=${groupId}` },
  { method: 'DELETE', url: '/groups/delete?groupId=missing', code: 'group-not-found' },
  { method: 'POST', url: '/groups/add-users', body: [{ userId: user.userId, groupId }] },
  { method: 'POST', url: '/groups/add-users', body: [{ userId: 'nobody', groupId }], code: 'user-not-found' },
  { method: 'DELETE', url: `/groups/remove-user?userId=${user.userId}&groupId=${groupId}` },
  { method: 'DELETE', url: '/groups/remove-user?userId=nobody&groupId=missing', code: 'user-not-found' },
  { method: 'POST', url: '/memberships/add', body: { userId: user.userId, resource: 'projects/2', type: 'reader' } },
  { method: 'POST', url: '/memberships/add', body: { userId: 'nobody', resource: 'projects/2', type: 'reader' }, code: 'user-not-found' },
  { method: 'DELETE', url: `/memberships/remove?userId=${user.userId}&resource=projects/1&type=reader` },
  { method: 'DELETE', url: `/memberships/remove?userId=${user.userId}&resource=projects/9&type=reader`, code: 'membership-not-found' },
  { method: 'PUT', url: '/identity-providers/update', body: { providerId, roleMapping: [{ group: 'ops', role: 'free' }], domains: [] } },
  { method: 'PUT', url: '/identity-providers/update', body: { providerId, version: 9 }, code: 'version-conflict' },
  { method: 'POST', url: '/identity-providers/activate', body: { providerId, revision: 1 } },
  { method: 'POST', url: '/identity-providers/activate', body: { providerId, revision: 2 }, code: 'provider-not-tested' },
  { method: 'POST', url: '/identity-providers/deactivate', body: { providerId } },
  { method: 'POST', url: '/identity-providers/deactivate', body: { providerId: 'missing' }, code: 'provider-not-found' },
  { method: 'DELETE', url: `/identity-providers/delete?providerId=${providerId}` },
  { method: 'DELETE', url: '/identity-providers/delete?providerId=missing', code: 'provider-not-found' },
];

async function previewAll(): Promise<void> {
  for (const { code, ...call } of calls()) {
    const { status, body } = await server.superadmin.post('/roles/preview', call);
    expect([call.method, call.url, code === undefined ? status : codeOf({ body } as never)]).toEqual([call.method, call.url, code ?? 200]);
  }
}

/** All that is stored, but for what the feed and refused requests write by themselves. */
async function dump(): Promise<string> {
  const names = (await server.connection.listCollections()).map(({ name }) => name).sort();
  const rows = await Promise.all(names.map(async (name) => [
    name, await server.connection.collection(name).find({ _id: { $not: /^heartbeat-/ } } as never).sort({ _id: 1 }).toArray(),
  ]));
  return JSON.stringify(rows);
}

describe('a preview of every writing URL, allowed and refused', () => {
  it('names every one that can be previewed', async () => {
    const writing = (await documentedOperations(server.anonymous)).filter(({ method }) => method !== 'GET').map(
      ({ method, path }) => `${method} ${path}`,
    )
      .filter((name) => / \/(roles|groups|memberships)\/| \/identity-providers\/(update|activate|deactivate|delete)$/.test(name))
      .filter((name) => !name.endsWith('/roles/preview'));
    expect([...new Set(calls().map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`))].sort()).toEqual(writing.sort());
  });

  it('leaves the database, the other processes and the mails as they were', async () => {
    const before = await dump();
    told.length = 0;
    await previewAll();
    expect(await dump()).toBe(before);
    expect(told).toEqual([]);
  });

  it('leaves the cache of callers as it was: their next request asks the database for nothing', async () => {
    const commands = watchCommands(server.connection);
    const get = () => fetch(`${server.origin}${gated}`, { headers: { Authorization: `Bearer ${user.client.token ?? ''}` } });
    const asked = async () => (await commands.during(get)).filter((command) => command !== 'find signingKeys');
    for (let tries = 0; tries < 200 && (await asked()).length > 0; tries += 1) await sleep(25);
    for (const { code, ...call } of calls()) {
      await server.superadmin.post('/roles/preview', call);
      expect([call.url, code, await asked()]).toEqual([call.url, code, []]);
    }
  });

  it('beside eight writers, undoes nothing of theirs and leaves nothing of its own', async () => {
    const created: string[] = [];
    let isOver = false;
    const writers = Promise.all(Array.from({ length: 8 }, async (_each, writer) => {
      for (let count = 0; !isOver; count += 1) {
        const type = `writer-${writer}-${count}`;
        await server.superadmin.post('/roles/create', { roleId: type, type, rights: [] }, 201);
        created.push(type);
        await sleep(rest); // without a rest, each would wait for the locks of the others most of the time
      }
    }));
    writers.catch(() => undefined); // awaited below, unless a preview fails before
    // Again, until each writer has written beside a preview.
    const preview = async () => { do await previewAll(); while (created.length <= 8); };
    await preview().finally(() => { isOver = true; });
    await writers;
    const stored = (await server.stores.roles.find({ tenantId: 'default' }).lean()).map(({ roleId }) => roleId);
    expect(created.length).toBeGreaterThan(8);
    expect(stored.filter((roleId) => roleId.startsWith('writer-')).sort()).toEqual([...created].sort());
    expect(stored).not.toContain('new');
    expect(await server.stores.auditRecords.countDocuments({ tenantId: 'default', action: 'role.create', 'target.id': 'new' })).toBe(0);
  }, 300_000);
});

describe('a write inside a rehearsal', () => {
  it('outside its transaction, throws and writes nothing; within it, or after it, is made', async () => {
    const { connection, drop } = await createDatabase();
    try {
      const rehearsals = createRehearsals();
      connection.plugin(rehearsals.guard);
      const tenants = createTenantModel(connection, '');
      const row = (name: string) => ({
        _id: name, name, status: 'active' as const, isolation: 'shared' as const, policyVersion: 0, version: 1, settings: {},
        createdAt: new Date(0),
      });
      await tenants.create([row('one')]);
      await inTransaction(connection, (session) => rehearsals.run({ session, changes: [] }, async () => {
        const writes = [
          () => tenants.updateOne({ _id: 'one' }, { $set: { name: 'other' } }),
          () => tenants.findOneAndUpdate({ _id: 'one' }, { $set: { name: 'other' } }),
          () => tenants.deleteMany({}), () => tenants.insertMany([row('two')]), () => new tenants(row('two')).save(),
          () => tenants.bulkWrite([{ deleteOne: { filter: { _id: 'one' } } }]),
        ];
        for (const write of writes) await expect((async () => { await write(); })()).rejects.toThrow('Rehearsal: ');
        await tenants.insertMany([row('three')], { session });
      }));
      await tenants.updateOne({ _id: 'one' }, { $set: { name: 'first' } });
      expect((await tenants.find().sort({ _id: 1 }).lean()).map(({ name }) => name)).toEqual(['first', 'three']);
    } finally {
      await drop();
    }
  });
});
