import { createHash } from 'node:crypto';
import type { AnswerAt } from '../../support/client/routes.ts';
import type { Policy } from '../../../src/engine/policies/policy.ts';
import { policyKey } from '../../../src/engine/policies/policy.ts';
import { codeOf } from '../../support/answers.ts';
import type { Answer, Client } from '../../support/client/client.ts';
import { proof } from '../../support/proof.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

// A preview must be equal to the difference that the same call really makes: to what /permissions/what-can shows of every
// user before and after it.

const changes = proof({ short: 10, ci: 120, full: 500 });

interface Call { readonly method: string; readonly url: string; readonly body?: unknown }
type Preview = AnswerAt<'POST', '/roles/preview', 200>;
type Thing = Preview['items'][number]['gained'][number];

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
  const preview = async (body: Call, expected = 200) => (
    await root.send('POST', '/roles/preview', { body, expected })).body as Preview;
  /** The first answer, with the items of all pages. */
  async function readPages(sent: object, limit: number): Promise<Answer> {
    const first = await root.send('POST', '/roles/preview', { body: { ...sent, limit } });
    if (first.status !== 200) return first;
    const shown = first.body as Preview;
    const items = [...shown.items];
    for (let cursor = shown.nextCursor; cursor !== null;) {
      const next = await root.send('POST', '/roles/preview', { body: { ...sent, limit, cursor }, expected: 200 });
      const body = next.body;
      expect({ ...body, items: [], nextCursor: null }).toEqual({ ...shown, items: [], nextCursor: null });
      items.push(...body.items);
      cursor = body.nextCursor;
    }
    return { ...first, body: { ...shown, items, nextCursor: null } };
  }
  /** The cursor of the first page of a change that all of these users see. */
  async function firstPage(limit: number): Promise<{ readonly cursor: string }> {
    const { body } = await root.post(
      '/roles/preview', { method: 'PUT', url: '/roles/update-rights', body: { type: 'guest', add: ['/audit/load'] }, limit }, 200,
    );
    expect(body).toMatchObject({ users: users.length, summary: [{ right: 'GET /audit/load', gained: users.length, lost: 0 }] });
    return { cursor: body.nextCursor ?? '' };
  }
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
  const textOf = ({ right, permission, policy }: Thing) => {
    if (right !== undefined) return `right ${right}`;
    const [action = '', resource = ''] = permission?.split(':') ?? [];
    return `policy ${policyKey(policy as Policy | undefined ?? { effect: 'allow', actions: [action], resources: [resource] })}`;
  };
  const textsOf = ({ items }: Preview, side: 'gained' | 'lost') => [...new Set(
    items.flatMap(({ userId, [side]: things }) => things.map((thing) => `${userId} ${textOf(thing)}`)),
  )].sort();
  /** What the summary must be: the things of all items, each with the number of its users. */
  function summaryOf({ items }: Preview) {
    const counted = new Map<string, { gained: number; lost: number }>();
    for (const item of items) for (const side of ['gained', 'lost'] as const) for (const thing of item[side]) {
      const key = JSON.stringify(thing);
      const row = counted.get(key) ?? { gained: 0, lost: 0 };
      counted.set(key, { ...row, [side]: row[side] + 1 });
    }
    return [...counted].map(([key, row]) => ({ ...JSON.parse(key) as Thing, ...row }));
  }
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
    const names = { one: 0, several: 0 };
    while (applied < changes) {
      const sent = Array.from({ length: 1 + pick(2) }, () => one(calls)());
      const [only] = sent;
      const answer = await readPages(sent.length === 1 ? { ...only } : { calls: sent }, pick(3) === 0 ? 2 : 50);
      const made: Answer[] = [];
      for (const call of sent) if ((made.at(-1)?.status ?? 200) < 400) made.push(await apply(call));
      const [really] = made.slice(-1);
      if (!really) throw new Error('No call was made.');
      const after = await heldByAll();
      if (really.status >= 400) {
        const { call: index } = answer.body as { call?: number };
        expect({ sent, status: answer.status, code: codeOf(answer), index }).toEqual(
          { sent, status: really.status, code: codeOf(really), index: sent.length === 1 ? undefined : made.length - 1 },
        );
        refused += 1;
      } else {
        const foreseen = answer.body as Preview;
        // A deny that is added is lost, and a deny that is removed is gained.
        const [come, gone] = [minus(after, before), minus(before, after)];
        const isDeny = (text: string) => text.includes('["deny",');
        const [gained, lost] = [[...come.filter((text) => !isDeny(text)), ...gone.filter(isDeny)], [
          ...gone.filter((text) => !isDeny(text)), ...come.filter(isDeny),
        ]];
        expect({ sent, gained: textsOf(foreseen, 'gained'), lost: textsOf(foreseen, 'lost') })
          .toEqual({ sent, gained: gained.sort(), lost: lost.sort() });
        expect(foreseen.users).toBe(foreseen.items.length);
        expect(foreseen.items.map(({ userId }) => userId)).toEqual(foreseen.items.map(({ userId }) => userId).sort());
        expect(foreseen.summary).toHaveLength(summaryOf(foreseen).length);
        expect(foreseen.summary).toEqual(expect.arrayContaining(summaryOf(foreseen)));
        applied += 1;
        names[sent.length === 1 ? 'one' : 'several'] += 1;
        differences += gained.length + lost.length;
      }
      before = after;
      for (const [index, { url }] of sent.entries()) {
        const reply = made[index];
        if (!reply || reply.status >= 400) continue;
        if (url === '/roles/create') roles.push((reply.body as { roleId: string }).roleId);
        if (url === '/groups/create') groups.push((reply.body as { groupId: string }).groupId);
        if (url.startsWith('/roles/delete')) roles.splice(roles.indexOf(/roleId=([^&]+)/.exec(url)?.[1] ?? ''), 1);
        if (url.startsWith('/groups/delete')) groups.splice(groups.indexOf(/groupId=(.+)/.exec(url)?.[1] ?? ''), 1);
      }
      if (roles.length === 0) {
        roles.push((await root.post('/roles/create', { roleId: 'base', type: 'base', rights: [] }, 201).then(() => 'base')));
      }
    }
    console.log(
      `previews: ${applied} applied changes foreseen exactly (${names.several} of several calls), ${differences} differences among `
        + `them; ${refused} refused ones foreseen with the same code`,
    );
    expect(names.several).toBeGreaterThan(changes / 20);
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
    expect(foreseen.items[0]?.gained).toContainEqual({ permission: 'manage:*' });
    expect(foreseen.summary).toContainEqual({ permission: 'manage:*', gained: 1, lost: 0 });
    expect(foreseen).toMatchObject({ users: 1, items: [{ userId: user?.userId, lost: [] }], nextCursor: null });
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

  it('of several calls, finds in each what the calls before it did, and names the call that is refused', async () => {
    const [user] = users;
    const create = { method: 'POST', url: '/roles/create', body: { roleId: 'r', type: 'r', rights: ['/audit/load'] } } as const;
    const assign = { method: 'POST', url: '/roles/assign', body: { userId: user?.userId, roleId: 'r', mode: 'add' } } as const;
    const { body } = await root.post('/roles/preview', { calls: [create, assign] }, 200);
    expect(body).toEqual({
      summary: [{ right: 'GET /audit/load', gained: 1, lost: 0 }], users: 1,
      items: [{ userId: user?.userId, gained: [{ right: 'GET /audit/load' }], lost: [] }], nextCursor: null,
    });
    expect((await root.post('/roles/preview', { calls: [create, create, assign] }, 409)).body)
      .toMatchObject({ code: 'role-exists', call: 1 });
    expect((await root.post('/roles/preview', { calls: [assign, create] }, 404)).body).toMatchObject({ code: 'role-not-found', call: 0 });
    expect((await root.post('/roles/preview', { calls: [create, { method: 'GET', url: '/roles/load' }] }, 422)).body)
      .toMatchObject({ code: 'not-previewable', call: 1 });
    expect((await root.post('/roles/preview', assign, 404)).body).not.toHaveProperty('call');
  });

  it('of one call and of several at once, of none, or of too many, refused', async () => {
    const call = { method: 'DELETE', url: '/roles/delete?type=user' } as const;
    for (const body of [{ ...call, calls: [call] }, {}, { method: 'DELETE' }, { calls: [call], body: {} }]) {
      expect((await root.send('POST', '/roles/preview', { body, expected: 422 })).body)
        .toMatchObject({ code: 'invalid-input', errors: [{ field: 'body', message: 'must have either method and url, or calls' }] });
    }
    for (const calls of [[], Array.from({ length: 101 }, () => call)]) {
      expect((await root.post('/roles/preview', { calls }, 422)).body)
        .toMatchObject({ code: 'invalid-input', errors: [{ field: 'body.calls', message: 'must have 1 to 100 items' }] });
    }
    const { cursor } = await firstPage(3);
    expect((await root.post('/roles/preview', { ...call, cursor }, 422)).body)
      .toMatchObject({ code: 'invalid-input', errors: [{ field: 'body.cursor' }] });
  });

  it('of a role that is deleted, with its groups, memberships and users, shows what each of them loses', async () => {
    const rightsOf = (text: string) => ({ roleId: text, type: text, rights: [], permissions: ['read:projects'] });
    await root.post('/roles/create', rightsOf('old'), 201);
    await root.post('/roles/create', { ...rightsOf('new'), permissions: ['update:projects'] }, 201);
    const [one, two, three] = users.map(({ userId }) => userId);
    await root.post('/roles/assign', { userId: one, roleId: 'old', mode: 'add' }, 200);
    const { groupId } = (await root.post('/groups/create', { groupName: 'g', roles: ['old'] }, 201)).body;
    await root.post('/groups/add-users', [{ userId: two ?? '', groupId }], 204);
    await root.post('/memberships/add', { userId: three ?? '', resource: 'projects/1', roleId: 'old' }, 201);
    const { summary, users: count } = await preview({ method: 'DELETE', url: '/roles/delete?roleId=old&reassignTo=new' });
    expect(count).toBe(3);
    expect(summary).toEqual([
      { permission: 'read:projects', gained: 0, lost: 2 }, { permission: 'update:projects', gained: 2, lost: 0 },
      { policy: { effect: 'allow', actions: ['read'], resources: ['projects/1'] }, gained: 0, lost: 1 },
      { policy: { effect: 'allow', actions: ['update'], resources: ['projects/1'] }, gained: 1, lost: 0 },
    ]);
  });
});
