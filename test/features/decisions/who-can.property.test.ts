import { createRandom } from '../../fuzz/random.ts';
import type { AnswerAt, BodyAt } from '../../support/client/routes.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { startIdentities } from '../../support/identities.ts';
import { proof } from '../../support/proof.ts';

type Page = BodyAt<'POST', '/permissions/who-can'>;
type Question = Omit<Page, 'limit' | 'cursor'>;
type WhoCan = AnswerAt<'POST', '/permissions/who-can', 200>;
type Role = BodyAt<'POST', '/roles/create'>;
type Policy = NonNullable<Role['policies']>[number];

const sizes = { roles: 10, groups: 6, users: proof({ short: 25, ci: 60, full: 200 }), questions: proof({ short: 20, ci: 120, full: 600 }) };
const permissions = ['read:items', 'write:items', 'read:files'].map((permission) => ({ permission, description: permission }));
const resources = ['items', 'items/1', 'items/1/parts', 'items/1/parts/2', 'files', 'files/é', 'files/7'];
const patterns = ['items', 'items/*', 'items/1', 'items/**', 'files', 'files/é', '**'];
const urls = ['/host/items', '/host/needs', '/audit/load', '/roles/load', '/livez'];

describe('who can', () => {
  const seed = Number(process.env['WHO_CAN_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  const random = createRandom(seed);
  const some = <T>(values: readonly T[], share: number) => values.filter(() => random.chance(share));
  let server: TestGatehouse;
  const roleIds = Array.from({ length: sizes.roles }, (_, index) => `role-${index}`);
  const userIds: string[] = [];

  function newPolicy(): Policy {
    const conditions: NonNullable<Policy['conditions']> = [
      { type: 'attribute', left: 'subject.roles', operator: 'in', right: { value: some(roleIds, 0.3) } },
      { type: 'attribute', left: 'subject.id', operator: 'exists' },
      { type: 'ip', ranges: ['10.0.0.0/8'] },
      { type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' },
      { type: 'attribute', left: 'resource.status', operator: 'ne', right: { value: 'closed' } },
    ];
    return {
      effect: random.chance(0.3) ? 'deny' : 'allow', actions: [random.pick(['read', 'write'])], resources: [random.pick(patterns)],
      ...(random.chance(0.4) && { conditions: [random.pick(conditions)] }),
    };
  }

  async function fill(): Promise<void> {
    for (const [index, roleId] of roleIds.entries()) await server.superadmin.post('/roles/create', {
      roleId, type: roleId, rights: some(urls.slice(0, 3), 0.2), permissions: some(permissions.map(({ permission }) => permission), 0.3),
      policies: random.chance(0.4) ? [newPolicy()] : [], inherits: some(roleIds.slice(0, index), 0.15),
    }, 201);
    const identities = startIdentities(server);
    const assertedGroups = ['eng', 'eng-core', 'ops', 'all'];
    const providers = await Promise.all(['active', 'active', 'inactive'].map((status) => identities.newProvider({
      status: status as 'active',
      roleMapping: ['eng', 'eng-*', 'OPS', 'eng', 'all'].map((group) => ({ group, role: random.pick(roleIds) })),
      provisioning: random.chance(0.5) ? { defaultRole: random.pick(roleIds) } : {},
    })));
    const groupIds = [];
    for (let index = 0; index < sizes.groups; index += 1) {
      const { body } = await server.superadmin.post('/groups/create', {
        groupName: `group ${index}`, roles: some(roleIds, 0.15), policies: random.chance(0.3) ? [newPolicy()] : [],
      }, 201);
      groupIds.push(body.groupId);
    }
    for (let index = 0; index < sizes.users; index += 1) {
      const { userId } = await server.newUser(...some(roleIds, 0.07));
      userIds.push(userId);
      const groups = some(groupIds, 0.1);
      if (groups.length > 0) await server.superadmin.post('/groups/add-users', groups.map((groupId) => ({ userId, groupId })), 204);
      if (random.chance(0.6)) await server.superadmin.post(
        '/memberships/add', { userId, resource: random.pick(resources), roleId: random.pick(roleIds) }, 201,
      );
      if (random.chance(0.1)) await server.superadmin.post(
        '/roles/assign', { userId, type: random.pick(roleIds), validFrom: random.pick(['2020-01-01', '2999-01-01']) }, 200,
      );
      if (random.chance(0.1)) await server.superadmin.post('/admin/disable-user', { userId }, 200);
      else if (random.chance(0.3)) await identities.link(
        random.pick(providers), { claims: { groups: some(assertedGroups, 0.4) } }, userId,
      );
    }
  }

  beforeAll(async () => {
    server = await startGatehouse({
      permissions,
      urls: { auth: { '/host/': [{ name: 'items' }, { name: 'needs', permission: 'read:items' }] } },
      host: (app) => void app.get(['/host/items', '/host/needs'], (_request, response) => void response.json({})),
    });
    await fill();
  }, 120_000);

  function newQuestion(): Question {
    if (random.chance(0.3)) return { method: 'GET', url: random.pick(urls) };
    const attributes = { ...(random.chance(0.5) && { ownerId: random.pick(userIds) }), ...(random.chance(0.5) && { status: 'open' }) };
    return {
      action: random.pick(['read', 'write']), resource: random.pick([...resources, 'files/e\u0301']),
      ...(random.chance(0.5) && { attributes }),
    };
  }

  /** Decides about each user alone. */
  async function bruteForce(question: Question): Promise<string[]> {
    const everybody = (await server.stores.users.find({ tenantId: 'default' }).lean()).map(({ _id }) => _id);
    const checks = everybody.map((userId) => ({ ...question, userId })) as BodyAt<'POST', '/permissions/check'>['checks'];
    const { body } = await server.superadmin.post('/permissions/check', { checks }, 200);
    return everybody.filter((_userId, index) => body.decisions[index]?.allowed).sort();
  }

  it(`${sizes.questions} random questions, names and counts the users of whom each is allowed when asked alone`, async () => {
    let found = 0;
    for (let index = 0; index < sizes.questions; index += 1) {
      const question = newQuestion();
      const seen: string[] = [];
      const counts = new Set<number>();
      for (let cursor: string | null = ''; cursor !== null;) {
        const limit = random.pick([1, 7, 100]);
        const body: Page = { ...question, limit, ...(cursor !== '' && { cursor }) };
        const page: WhoCan = (await server.superadmin.post('/permissions/who-can', body, 200)).body;
        seen.push(...page.items.map(({ userId }) => userId));
        counts.add(page.count);
        for (const { by, via } of page.items) expect(via === null).toBe(by === null);
        cursor = page.nextCursor;
      }
      const users = await bruteForce(question);
      expect({ seed, question, users: seen.sort(), counts: [...counts] }).toEqual({ seed, question, users, counts: [users.length] });
      found += seen.length;
    }
    expect(found).toBeGreaterThan(sizes.questions);
  }, proof({ short: 60_000, ci: 180_000, full: 900_000 }));
});
