import { wordsOf } from '../../../src/features/users/search/search-words.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';
import { standardPassword } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

describe('newUser', () => {
  const now = Date.now();
  const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: standardPassword });
  let server: TestGatehouse;
  beforeAll(async () => {
    server = await startGatehouse({ settings, clock: () => now });
  });

  /** A stored user without what differs from one to the next, and apart from it what does. */
  async function storedOf({ userId }: TestUser) {
    const user = await server.stores.users.collection.findOne<Record<string, unknown>>({ _id: userId as never }); // our ids are strings
    const { _id, email, emailKey, searchWords, password, knownSources, ...same } = user ?? {};
    return { fields: Object.keys(user ?? {}), same, own: { _id, email, emailKey, searchWords, password, knownSources } };
  }

  /** How often each role was claimed. */
  async function claims(): Promise<Record<string, number>> {
    const roles = await server.stores.roles.find({ tenantId: 'default' }).lean();
    return Object.fromEntries(roles.map(({ type, lockCount }) => [type, lockCount]));
  }

  async function claimsOf(work: () => Promise<TestUser>): Promise<Record<string, number>> {
    const before = await claims();
    await work();
    return Object.fromEntries(Object.entries(await claims()).map(([type, count]) => [type, count - (before[type] ?? 0)]));
  }

  it.each<[string, (role: string) => string[]]>([
    ['no role', () => []],
    ['a role', (role) => [role]],
    ['roles of all kinds, guest among them', (role) => ['admin', role, 'guest', 'superadmin']],
  ])('a user with %s, is stored as the API stores one', async (_, rolesWith) => {
    const roles = rolesWith(await server.newRole('/admin/load-users'));
    const type = `default-${roles.length}`;
    await server.superadmin.post('/roles/create', { roleId: type, type, rights: [], isDefault: true }, 201);
    const [written, created] = [await server.newUser(...roles), await server.newUserByApi(...roles)];
    const [ours, theirs] = [await storedOf(written), await storedOf(created)];
    expect([ours.fields, ours.same]).toEqual([theirs.fields, theirs.same]);
    for (const [{ email }, { own }] of [[written, ours], [created, theirs]] as const) {
      expect(own).toEqual({
        _id: expect.stringMatching(/^[0-9a-f]{24}$/) as string, email, emailKey: email, searchWords: wordsOf(email),
        password: { hash: expect.stringMatching(/^\$2b\$04\$.{53}$/) as string, pepperId: settings.pepper.id },
        knownSources: [{ source: expect.any(String) as string, lastAt: new Date(now) }],
      });
    }
  });

  it('the roles of a user, are claimed as the API claims them', async () => {
    const roles = ['admin', await server.newRole()];
    expect(await claimsOf(() => server.newUser(...roles))).toEqual(await claimsOf(() => server.newUserByApi(...roles)));
  });

  it('a role that is not there, is refused', async () => {
    await expect(server.newUser('nothing')).rejects.toMatchObject({ code: 'role-not-found' });
    await expect(server.newUserByApi('nothing')).rejects.toThrow('not 200');
  });

  it('users of two servers on one database, have names of their own', async () => {
    const other = await startGatehouse({ settings, clock: () => now, database: server.database });
    try {
      const users = [await server.newUser(), await other.newUser(), await server.newUserByApi(), await other.newUserByApi()];
      expect(new Set(users.map(({ email }) => email)).size).toBe(users.length);
      expect(await other.newRole()).not.toBe(await server.newRole());
    } finally {
      await other.close();
    }
  });
});
