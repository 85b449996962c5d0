import { randomBytes } from 'node:crypto';
import type { BodyAt } from '../support/client/routes.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { proof } from '../support/proof.ts';

type Question = BodyAt<'POST', '/permissions/who-can'>;
type Call = BodyAt<'POST', '/roles/preview'>;

/** How many users there are at first, and how many later. */
const sizes = [600, proof({ short: 2_000, ci: 5_000, full: 50_000 })] as const;
/** How many users may read files. All others may read items, but nine of ten are in a group that denies it. */
const few = 20;
/** One of so many users has the role "some" besides. */
const someOf = 50;
/** How many commands may come from beside. */
const beside = 5;

const permissions = ['read:files', 'read:items', 'read:nothing'].map((permission) => ({ permission, description: permission }));

interface Measured {
  /** In ms. A call that itself changes thousands of users has none. */
  readonly budget?: number;
  /** Whether its commands grow with the number of users, because all of them are affected. */
  readonly grows?: boolean;
  /** Answers how many users were found. */
  readonly run: () => Promise<number>;
}

describe('many users', () => {
  let server: TestGatehouse;
  let groupId = '';
  let users = 0;
  let commands = 0;

  const whoCan = async (question: Question) => (await server.superadmin.post('/permissions/who-can', question, 200)).body;
  const preview = async (call: Call) => (await server.superadmin.post('/roles/preview', call, 200)).body.users;
  const count = async (question: Question) => (await whoCan({ ...question, limit: 100 })).items.length;
  const measured: Readonly<Record<string, Measured>> = {
    'who-can, few are allowed': { budget: 1_000, run: () => count({ action: 'read', resource: 'files' }) },
    'who-can, everybody is allowed': { budget: 1_000, run: () => count({ method: 'GET', url: '/profile/me' }) },
    'who-can, nobody but the superadmin is allowed': { budget: 1_000, run: () => count({ action: 'read', resource: 'nothing' }) },
    'who-can, nine of ten are denied by a group': { budget: 1_000, run: () => count({ action: 'read', resource: 'items' }) },
    'preview, a role of one in fifty': { budget: 2_000, run: () => preview(
      { method: 'PUT', url: '/roles/update', body: { type: 'some', permissions: ['read:nothing'] } },
    ) },
    'preview, a role of one in fifty is deleted': { run: () => preview(
      { method: 'DELETE', url: '/roles/delete?type=some&reassignTo=few' },
    ) },
    'preview, a group of nine in ten': { grows: true, run: () => preview(
      { method: 'PUT', url: '/groups/update', body: { groupId, roles: ['few'] } },
    ) },
    'preview, the role of everybody': { budget: 2_000, grows: true, run: () => preview(
      { method: 'PUT', url: '/roles/update-rights', body: { type: 'guest', add: ['/audit/load'] } },
    ) },
  };

  beforeAll(async () => {
    server = await startGatehouse({ database: 'fast', monitorCommands: true, permissions });
    for (const [type, given] of [['few', ['read:files']], ['many', ['read:items']], ['some', []]] as const) {
      await server.superadmin.post('/roles/create', { roleId: type, type, rights: [], permissions: [...given] }, 201);
    }
    groupId = (await server.superadmin.post('/groups/create', {
      groupName: 'denied', roles: [], policies: [{ effect: 'deny', actions: ['read'], resources: ['items'] }],
    }, 201)).body.groupId;
    server.connection.getClient().on('commandStarted', ({ commandName }) => {
      if (['find', 'aggregate', 'getMore'].includes(commandName)) commands += 1;
    });
  });

  /** Adds copies of one user until there are so many. The few come last, by their ids. */
  async function grow(size: number): Promise<void> {
    const { userId } = await server.newUser('many');
    const model = await server.stores.users.findOne({ tenantId: 'default', _id: userId }).orFail().lean();
    for (let from = users; from < size; from += 5_000) {
      const copies = Array.from({ length: Math.min(5_000, size - from) }, (_, index) => ({
        ...model, _id: `${String(from + index).padStart(8, '0')}${randomBytes(8).toString('hex')}`,
        email: `copy-${from + index}@example.com`, emailKey: `copy-${from + index}@example.com`,
        roles: [from + index < few ? 'few' : 'many', ...((from + index) % someOf === 0 ? ['some'] : [])],
        groups: (from + index) % 10 === 0 ? [] : [groupId],
      }));
      await server.connection.collection('users').insertMany(copies as never); // ids are texts here
    }
    users = size;
  }

  it(`of ${sizes.join(' and ')}, who-can and preview answer within 1 and 2 s, with as many commands of the database`, async () => {
    const seen: Record<string, number[]> = {};
    for (const size of sizes) {
      await grow(size);
      for (const [what, { budget = Infinity, run }] of Object.entries(measured)) {
        const before = commands;
        const began = performance.now();
        const found = await run();
        const took = performance.now() - began;
        console.log(`${size} users: ${what}: ${took.toFixed(0)} ms, ${commands - before} commands, ${found} users`);
        expect([what, found > 0, took < budget]).toEqual([what, true, true]);
        (seen[what] ??= []).push(commands - before);
      }
    }
    expect(await whoCan({ action: 'read', resource: 'files', limit: 100 })).toMatchObject({ count: few + 1, complete: true });
    for (const [what, { grows = false }] of Object.entries(measured)) {
      const [first = 0, second = 0] = seen[what] ?? [];
      // A few commands come from beside: the feed, the keys. Reading all users would take one more for each 500.
      if (!grows) expect([what, second < first + beside]).toEqual([what, true]);
    }
  }, proof({ short: 60_000, ci: 120_000, full: 600_000 }));
});
