import { randomBytes } from 'node:crypto';
import type { BodyAt } from '../support/client/routes.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { proof } from '../support/proof.ts';

type Question = BodyAt<'POST', '/permissions/who-can'>;

/** How many users there are at first, and how many later. */
const sizes = [600, proof({ short: 2_000, ci: 5_000, full: 50_000 })] as const;
/** How many users may read files. All others may read items, but nine of ten are in a group that denies it. */
const few = 20;
/** How many commands may come from beside. */
const beside = 5;
/** For a page of `who-can`, in ms. */
const budget = 1_000;

const permissions = ['read:files', 'read:items', 'read:nothing'].map((permission) => ({ permission, description: permission }));
const questions: Readonly<Record<string, Question>> = {
  'few are allowed': { action: 'read', resource: 'files', limit: 100 },
  'everybody is allowed': { method: 'GET', url: '/profile/me', limit: 100 },
  'nobody but the superadmin is allowed': { action: 'read', resource: 'nothing', limit: 100 },
  'nine of ten are denied by a group': { action: 'read', resource: 'items', limit: 100 },
};

describe('who can, among many users', () => {
  let server: TestGatehouse;
  let groupId = '';
  let users = 0;
  let commands = 0;

  beforeAll(async () => {
    server = await startGatehouse({ database: 'fast', monitorCommands: true, permissions });
    for (const [type, permission] of [['few', 'read:files'], ['many', 'read:items']] as const) {
      await server.superadmin.post('/roles/create', { roleId: type, type, rights: [], permissions: [permission] }, 201);
    }
    groupId = (await server.superadmin.post('/groups/create', {
      groupName: 'denied', roles: [], policies: [{ effect: 'deny', actions: ['read'], resources: ['items'] }],
    }, 201)).body.groupId;
    server.connection.getClient().on('commandStarted', ({ commandName }) => {
      if (['find', 'aggregate'].includes(commandName)) commands += 1;
    });
  });

  /** Adds copies of one user until there are so many. The few come last, by their ids. */
  async function grow(count: number): Promise<void> {
    const { userId } = await server.newUser('many');
    const model = await server.stores.users.findOne({ tenantId: 'default', _id: userId }).orFail().lean();
    for (let from = users; from < count; from += 5_000) {
      const copies = Array.from({ length: Math.min(5_000, count - from) }, (_, index) => ({
        ...model, _id: `${String(from + index).padStart(8, '0')}${randomBytes(8).toString('hex')}`,
        email: `copy-${from + index}@example.com`, emailKey: `copy-${from + index}@example.com`,
        roles: from + index < few ? ['few'] : ['many'], groups: (from + index) % 10 === 0 ? [] : [groupId],
      }));
      await server.connection.collection('users').insertMany(copies as never); // ids are texts here
    }
    users = count;
  }

  async function measure(question: Question) {
    const before = commands;
    const began = performance.now();
    const { body } = await server.superadmin.post('/permissions/who-can', question, 200);
    return { took: performance.now() - began, commands: commands - before, page: body };
  }

  it(`of ${sizes.join(' and ')} users, finds a page within ${budget / 1_000} s, with as many commands of the database`, async () => {
    const seen: Record<string, number[]> = {};
    for (const size of sizes) {
      await grow(size);
      for (const [what, question] of Object.entries(questions)) {
        const { took, commands: sent, page } = await measure(question);
        console.log(`${size} users, ${what}: ${took.toFixed(0)} ms, ${sent} commands, ${page.items.length} of ${page.count}`);
        expect([what, page.items.length > 0, took < budget]).toEqual([what, true, true]);
        (seen[what] ??= []).push(sent);
      }
    }
    expect((await measure({ action: 'read', resource: 'files', limit: 100 })).page).toMatchObject({ count: few + 1, complete: true });
    for (const [what, [first = 0, second = 0]] of Object.entries(seen)) {
      // A few commands come from beside: the feed, the keys. Reading all users would take one more for each 500.
      expect([what, second < first + beside]).toEqual([what, true]);
    }
  }, proof({ short: 60_000, ci: 120_000, full: 600_000 }));
});
