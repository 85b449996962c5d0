import { createHash } from 'node:crypto';
import type { AnswerAt } from '../../support/client/routes.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { policyKey } from '../../../src/engine/policies/policy.ts';
import { codeOf } from '../../support/answers.ts';
import type { Client } from '../../support/client/client.ts';
import { proof } from '../../support/proof.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

// A preview must be equal to the difference that the same call really makes: to what /permissions/what-can shows of every
// user before and after it.

const changes = proof({ short: 30, ci: 120, full: 500 });

interface Call { readonly method: string; readonly url: string; readonly body?: unknown }
type Preview = AnswerAt<'POST', '/roles/preview', 200>;
type Thing = Preview['gained'][number];

const known = ['read:projects', 'update:projects', 'create:items'].map((permission) => ({ permission, description: `May ${permission}.` }));
const rights = ['/audit/load', '/admin/load-users', { url: '/admin/load-sessions' }, '/groups/load'];
const policies = [
  { effect: 'allow', actions: ['read'], resources: ['projects/*'] },
  { effect: 'deny', actions: ['update'], resources: ['projects/7'] },
  { effect: 'allow', actions: ['GET'], resources: ['/admin/**'] },
];

/** Numbers in a fixed order that looks like none. */
function randomNumbers(seed: string): (below: number) => number {
  let state = createHash('sha256').update(seed).digest();
  return (below) => {
    state = createHash('sha256').update(state).digest();
    return state.readUInt32LE(0) % below;
  };
}

describe('a preview', () => {
  let server: TestGatehouse;
  let root: Client;
  let users: TestUser[];
  beforeEach(async () => {
    server = await startGatehouse({ permissions: known });
    root = server.superadmin;
    users = [await server.newUser(), await server.newUser(), await server.newUser(), await server.newUser()];
  });
  const preview = async (call: Call, expected = 200) => (await root.post('/roles/preview', call, expected)).body as Preview;
  const apply = ({ method, url, body }: Call) => root.send(method, url, body === undefined ? {} : { body });

  const methodsOf = new Map<string, readonly string[]>();
  /** Everything that users hold, as text; a right once for each method of its URL. */
  async function heldByAll(): Promise<Set<string>> {
    const { body } = await root.get('/roles/get-rights', 200);
    for (const { url, methods = [] } of body.rights) methodsOf.set(url, methods);
    const { body: list } = await root.get('/admin/load-users', 200);
    const all = new Set<string>();
    for (const { userId } of list.items) {
      const held = (await root.get(`/permissions/what-can?userId=${userId}`, 200)).body;
      for (const { url, methods = methodsOf.get(url) ?? [] } of held.rights) for (const method of methods) {
        all.add(`${userId} right ${method} ${url}`);
      }
      for (const permission of held.permissions) all.add(`${userId} policy ${policyKey(
        { effect: 'allow', actions: [permission.split(':')[0] ?? ''], resources: [permission.split(':')[1] ?? ''] },
      )}`);
      for (const policy of held.policies) all.add(`${userId} policy ${policyKey(policy as Policy)}`);
    }
    return all;
  }

  /** A permission and the policy that it is short for are one thing here, as what-can shows both. */
  const textOf = ({ userId, right, permission, policy }: Thing) => {
    if (right !== undefined) return `${userId} right ${right}`;
    const [action = '', resource = ''] = permission?.split(':') ?? [];
    return `${userId} policy ${policyKey(policy as Policy | undefined ?? { effect: 'allow', actions: [action], resources: [resource] })}`;
  };
  const minus = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].filter((each) => !other.has(each)).sort();

  it('of random changes, one after the other, each equals the difference that the change then makes', async () => {
    const pick = randomNumbers('previews');
    const one = <T>(from: readonly T[]): T => from[pick(from.length)] as T; // none of the lists is empty
    const some = <T>(from: readonly T[]): T[] => from.filter(() => pick(2) === 0);
    const roles = ['base'];
    const groups: string[] = [];
    await root.post('/roles/create', { roleId: 'base', type: 'base', rights: [], permissions: ['read:projects'] }, 201);
    const user = () => one(users).userId;
    const content = () => ({ permissions: some(known.map(({ permission }) => permission)), policies: some(policies) });
    const place = () => `userId=${user()}&resource=projects/${pick(3)}&roleId=${one(roles)}`;
    const calls: readonly (() => Call)[] = [
      () => ({ method: 'POST', url: '/roles/create', body: {
        roleId: `r${roles.length}`, type: `r${roles.length}`, rights: some(rights), inherits: some(roles).slice(0, 2), ...content(),
      } }),
      () => ({ method: 'PUT', url: '/roles/update', body: { roleId: one(roles), inherits: some(roles).slice(0, 2), ...content() } }),
      () => ({ method: 'PUT', url: '/roles/update-rights', body: { roleId: one([...roles, 'guest']), rights: some(rights) } }),
      () => ({ method: 'POST', url: '/roles/assign', body: {
        userId: user(), roleId: one([...roles, 'admin', 'superadmin']), mode: one(['add', 'remove', 'replace']),
      } }),
      () => ({ method: 'POST', url: '/groups/create', body: {
        groupName: `g${groups.length}-${pick(1_000_000)}`, roles: some(roles), policies: some(policies),
      } }),
      () => ({
        method: 'PUT', url: '/groups/update', body: { groupId: one(['none', ...groups]), roles: some(roles), policies: some(policies) },
      }),
      () => ({ method: 'POST', url: '/groups/add-users', body: [
        { userId: user(), groupId: one(['none', ...groups]) }, { userId: user(), groupId: one(['none', ...groups]) },
      ] }),
      () => ({ method: 'DELETE', url: `/groups/remove-user?userId=${user()}&groupId=${one(['none', ...groups])}` }),
      () => ({ method: 'POST', url: '/memberships/add', body: { userId: user(), resource: `projects/${pick(3)}`, roleId: one(roles) } }),
      () => ({ method: 'DELETE', url: `/memberships/remove?${place()}` }),
      () => (pick(4) === 0 ? { method: 'DELETE', url: `/groups/delete?groupId=${one(['none', ...groups])}` } : {
        method: 'POST', url: '/memberships/add', body: { userId: user(), resource: `projects/${pick(3)}`, roleId: one(roles) },
      }),
      () => (pick(4) === 0 ? { method: 'DELETE', url: `/roles/delete?roleId=${one(roles)}&reassignTo=${one(roles)}` } : {
        method: 'POST', url: '/roles/assign',
        body: { userId: user(), roleId: one(roles), mode: 'add', ...(pick(2) === 0 && { validFrom: '2100-01-01T00:00:00Z' }) },
      }),
    ];
    let [applied, refused, differences] = [0, 0, 0];
    let before = await heldByAll();
    while (applied < changes) {
      const call = one(calls)();
      const answer = await root.post('/roles/preview', call);
      const really = await apply(call);
      if (really.status >= 400) {
        expect({ call, status: answer.status, code: codeOf(answer) }).toEqual({ call, status: really.status, code: codeOf(really) });
        refused += 1;
        continue;
      }
      const foreseen = answer.body as Preview;
      const after = await heldByAll();
      const told = { gained: [...new Set(foreseen.gained.map(textOf))].sort(), lost: [...new Set(foreseen.lost.map(textOf))].sort() };
      // A deny that comes is lost, and one that goes is gained.
      const [come, gone] = [minus(after, before), minus(before, after)];
      const isDeny = (text: string) => text.includes('["deny",');
      const [gained, lost] = [[...come.filter((text) => !isDeny(text)), ...gone.filter(isDeny)], [
        ...gone.filter((text) => !isDeny(text)), ...come.filter(isDeny),
      ]];
      expect({ call, ...told }).toEqual({ call, gained: gained.sort(), lost: lost.sort() });
      expect(foreseen.users).toBe(new Set([...foreseen.gained, ...foreseen.lost].map(({ userId }) => userId)).size);
      applied += 1;
      differences += told.gained.length + told.lost.length;
      before = after;
      if (call.url === '/roles/create') roles.push((really.body as { roleId: string }).roleId);
      if (call.url === '/groups/create') groups.push((really.body as { groupId: string }).groupId);
      if (call.url.startsWith('/roles/delete')) roles.splice(roles.indexOf(/roleId=([^&]+)/.exec(call.url)?.[1] ?? ''), 1);
      if (call.url.startsWith('/groups/delete')) groups.splice(groups.indexOf(/groupId=(.+)/.exec(call.url)?.[1] ?? ''), 1);
      if (roles.length === 0) {
        roles.push((await root.post('/roles/create', { roleId: 'base', type: 'base', rights: [] }, 201).then(() => 'base')));
      }
    }
    console.log(
      `previews: ${applied} applied changes foreseen exactly, ${differences} differences among them; ${refused} refused `
        + `calls foreseen with the same code`,
    );
    expect(differences).toBeGreaterThan(changes / 3);
  }, proof({ short: 120_000, ci: 600_000, full: 1_800_000 }));

  it('made, changes nothing that is stored', async () => {
    const stored = async () => JSON.stringify(await Promise.all([
      server.stores.roles.find({ tenantId: 'default' }).sort({ _id: 1 }).lean(),
      server.stores.users.find({ tenantId: 'default' }).sort({ _id: 1 }).lean(),
      server.stores.groups.find({ tenantId: 'default' }).sort({ _id: 1 }).lean(),
      server.stores.memberships.find({ tenantId: 'default' }).sort({ _id: 1 }).lean(),
      server.stores.tenants.find().lean(), server.stores.outbox.countDocuments({ tenantId: 'default' }),
      server.stores.auditRecords.countDocuments({ tenantId: 'default' }),
    ]));
    const [user] = users;
    const before = await stored();
    const foreseen = await preview(
      { method: 'POST', url: '/roles/assign', body: { userId: user?.userId, type: 'superadmin', mode: 'add' } },
    );
    expect(foreseen.gained).toContainEqual({ userId: user?.userId, permission: 'manage:*' });
    expect(foreseen).toMatchObject({ users: 1, lost: [], complete: true });
    await preview({ method: 'PUT', url: '/roles/update-rights', body: { type: 'guest', add: ['/audit/load'] } });
    await preview({ method: 'POST', url: '/groups/create', body: { groupName: 'new', roles: ['user'] } });
    await preview({ method: 'DELETE', url: '/roles/delete?type=user' }, 409);
    expect(await stored()).toBe(before);
  });

  it('of what changes nothing here, or of a call with a faulty body, refused as the call itself would be', async () => {
    for (const call of [
      { method: 'POST', url: '/users/login', body: {} }, { method: 'GET', url: '/roles/load' },
      { method: 'POST', url: '/roles/preview', body: {} },
      { method: 'POST', url: '/nowhere' }, { method: 'POST', url: '/admin/create-user', body: { email: 'a@example.com' } },
    ]) expect(codeOf(await root.post('/roles/preview', call, 422))).toBe('not-previewable');
    expect((await root.post('/roles/preview', { method: 'PUT', url: '/roles/update', body: { type: 'guest', seeded: [] } }, 422)).body)
      .toMatchObject({ code: 'invalid-input', errors: [{ field: 'body.seeded' }] });
    expect(codeOf(
      await root.post('/roles/preview', { method: 'POST', url: '/roles/assign', body: { email: 'root@example.com', type: 'guest' } }, 409),
    )).toBe('last-superadmin');
  });
});
