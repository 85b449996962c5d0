import { setTimeout as sleep } from 'node:timers/promises';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { watchCommands } from '../../support/watch-commands.ts';

// Two nodes of one database. Whom checks are about is kept in memory by each, and a change of theirs is made at one.

const bound = 2_000;
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
const permissions = [{ permission: 'read:papers', description: 'May read papers.' }];

interface Decision { readonly allowed: boolean; readonly reason: string }

let nodes: [TestGatehouse, TestGatehouse];
let role: string;
beforeAll(async () => {
  const first = await startGatehouse({ settings, permissions, monitorCommands: true });
  nodes = [first, await startGatehouse({ settings, permissions, database: first.database })];
});
afterAll(async () => {
  for (const node of [...nodes].reverse()) await node.close();
});

async function check({ superadmin }: TestGatehouse, { userId }: Pick<TestUser, 'userId'>): Promise<Decision | undefined> {
  const { body } = await superadmin.post('/permissions/check', { checks: [{ userId, action: 'read', resource: 'papers' }] }, 200);
  return body.decisions[0];
}

/** A user who may read papers by a role, asked about at both nodes until memory answers. */
async function knownUser(): Promise<TestUser> {
  const [first] = nodes;
  role = await first.newRole();
  await first.superadmin.put('/roles/update', { type: role, permissions: ['read:papers'] }, 200);
  const user = await first.newUser(role);
  const commands = watchCommands(first.connection);
  const asked = async () => (await commands.during(() => check(first, user))).filter((command) => command === 'find memberships');
  // Once answered from memory is enough: a feed that is late for a moment makes a later check read again.
  let reads = await asked();
  for (let tries = 0; tries < 200 && reads.length > 0; tries += 1) {
    await sleep(25);
    reads = await asked();
  }
  expect(reads).toEqual([]);
  for (const node of nodes) expect(await check(node, user)).toEqual({ allowed: true, reason: 'policy' });
  return user;
}

describe('a check about a user who is not in memory', () => {
  it('reads them in one transaction, so that what is kept is of one moment', async () => {
    const [first] = nodes;
    const user = await first.newUser();
    const { during } = watchCommands(first.connection);
    expect(await during(() => check(first, user)))
      .toEqual(expect.arrayContaining(['find users', 'find memberships', 'find roles', 'commitTransaction 1']));
  });
});

describe('a check about a user who is in memory', () => {
  it.each<[string, Decision, (root: TestGatehouse['superadmin'], user: TestUser) => Promise<unknown>]>([
    ['the role holds the permission no more', { allowed: false, reason: 'permission-missing' }, (root) => root.put(
      '/roles/update', { type: role, permissions: [] }, 200,
    )],
    ['the role is taken from them', { allowed: false, reason: 'permission-missing' }, (root, { userId }) => root.post(
      '/roles/assign', { userId, type: role, mode: 'remove' }, 200,
    )],
    ['they are disabled', { allowed: false, reason: 'user-disabled' }, (root, { userId }) => root.post(
      '/admin/disable-user', { userId }, 200,
    )],
    ['they are deleted', { allowed: false, reason: 'user-not-found' }, (root, { userId }) => root.delete(
      `/admin/delete-user/${userId}`, 204,
    )],
    ['a group denies it', { allowed: false, reason: 'policy-denies' }, async (root, { userId }) => {
      const { body } = await root.post('/groups/create', {
        groupName: `no papers ${userId}`, roles: [], policies: [{ effect: 'deny', actions: ['read'], resources: ['papers'] }],
      }, 201);
      return root.post('/groups/add-users', [{ userId, groupId: body.groupId }], 204);
    }],
    ['their address, which a policy asks for, is another', { allowed: false, reason: 'policy-denies' }, async (root, { userId }) => {
      const deny: Policy = { effect: 'deny', actions: ['read'], resources: ['papers'], conditions: [
        { type: 'attribute', left: 'subject.email', operator: 'exists', right: { value: false } },
      ] };
      await root.put('/roles/update', { type: role, policies: [deny] }, 200);
      return root.put(`/admin/update-user/${userId}`, { email: `other.${userId}@example.com` }, 200);
    }],
  ])('after %s, is decided anew: at once where that was acknowledged, at the other node within the bound', async (
    _what, expected, change,
  ) => {
    const [first, second] = nodes;
    const user = await knownUser();
    await change(first.superadmin, user);
    const acknowledged = performance.now();
    expect(await check(first, user)).toEqual(expected);
    const askOther = async () => ({ asked: performance.now() - acknowledged, decision: await check(second, user) });
    let latest = await askOther();
    while (latest.decision?.allowed) {
      expect(latest.asked).toBeLessThan(bound);
      latest = await askOther();
    }
    expect(latest.decision).toEqual(expected);
  });
});
