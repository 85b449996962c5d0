import { createSharedModels, createStores } from '../../../../src/boot/stores.ts';
import { createTenantLocations } from '../../../../src/platform/database/tenancy/tenant-locations.ts';
import { createMarksOfRoles } from '../../../../src/features/grants/holders/marks-of-roles.ts';
import { createPrincipalsOfRole } from '../../../../src/features/grants/holders/role-principals.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';

const now = 1_000_000;
const database = await createDatabase();
const models = createSharedModels(database.connection);
const { grantReads } = createStores(models, { clock: () => now, tenantLocations: createTenantLocations() });

/** Stores what is read of each, and no more, in a tenant of the test's own. */
async function store(
  kind: 'roles' | 'users' | 'groups' | 'memberships' | 'clients', tenantId: string, documents: readonly object[],
): Promise<void> {
  await models[kind].collection.insertMany(documents.map((document) => ({ ...document, tenantId }))); // ids are texts here
}

async function batchesOf(tenantId: string, roleId: string): Promise<string[][]> {
  const marksOfRoles = createMarksOfRoles({ ...grantReads, baseRole: 'guest' });
  const principalsOfRole = createPrincipalsOfRole({ ...grantReads, marksOfRoles, clock: () => now });
  const session = await database.connection.startSession();
  const batches: string[][] = [];
  for await (const found of principalsOfRole(tenantId, roleId, session)) batches.push(found.map(({ _id }) => _id));
  await session.endSession();
  return batches;
}
const principalsOf = async (...about: Parameters<typeof batchesOf>) => (await batchesOf(...about)).flat().sort();

describe('everybody who holds a role', () => {
  it.each([500, 501, 1_001])('of %s users and as many clients, is found, at most 500 at a time', async (count) => {
    const ids = (kind: string) => Array.from({ length: count }, (_, index) => `${count} ${kind} ${String(index).padStart(5, '0')}`);
    await store('users', `t${count}`, ids('user').map((_id) => ({ _id, roles: ['clerk'], emailKey: _id })));
    await store('clients', `t${count}`, ids('client').map((_id) => ({ _id, roles: ['clerk'], name: _id })));
    const batches = await batchesOf(`t${count}`, 'clerk');
    expect(batches.flat()).toEqual([...ids('user'), ...ids('client')]);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(500);
  });

  it('by themselves, by a group, on a resource or by a role that inherits it, is found; others are not', async () => {
    await store('roles', 'ways', [
      { _id: 'r1', roleId: 'clerk', type: 'clerk', inherits: [] }, { _id: 'r2', roleId: 'boss', type: 'boss', inherits: ['clerk'] },
      { _id: 'r3', roleId: 'owner', type: 'owner', inherits: ['boss'] }, { _id: 'r4', roleId: 'other', type: 'other', inherits: [] },
    ]);
    await store('groups', 'ways', [{ _id: 'office', name: 'office', roles: ['boss'] }, { _id: 'club', name: 'club', roles: ['other'] }]);
    await store('memberships', 'ways', [
      { _id: 'm1', userId: 'member', resource: 'a', roleId: 'clerk' }, { _id: 'm2', userId: 'outsider', resource: 'a', roleId: 'other' },
    ]);
    await store('users', 'ways', [
      { _id: 'direct', roles: ['other', 'clerk'] }, { _id: 'heir', roles: ['owner'] },
      { _id: 'grouped', roles: [], groups: ['club', 'office'] },
      { _id: 'member', roles: [] }, { _id: 'outsider', roles: ['other'], groups: ['club'] }, { _id: 'nobody', roles: [] },
    ].map((user) => ({ ...user, emailKey: user._id })));
    await store('users', 'elsewhere', [{ _id: 'foreign', roles: ['clerk'], emailKey: 'foreign' }]);
    await store('clients', 'ways', [{ _id: 'service', roles: ['boss'], name: 'a' }, { _id: 'other service', roles: ['other'], name: 'b' }]);
    expect(await principalsOf('ways', 'clerk')).toEqual(['direct', 'grouped', 'heir', 'member', 'service']);
    expect(await principalsOf('ways', 'owner')).toEqual(['heir']);
    expect(await principalsOf('ways', 'guest'))
      .toEqual(['direct', 'grouped', 'heir', 'member', 'nobody', 'other service', 'outsider', 'service']);
  });

  it('from later on, is found; until this moment, is not', async () => {
    const timed = (_id: string, times: object) => ({ _id, roles: ['clerk'], roleTimes: [{ roleId: 'clerk', ...times }], emailKey: _id });
    await store('users', 'times', [
      timed('tomorrow', { validFrom: new Date(now + 1) }), timed('until now', { validUntil: new Date(now) }),
      timed('a little longer', { validUntil: new Date(now + 1) }),
    ]);
    expect(await principalsOf('times', 'clerk')).toEqual(['a little longer', 'tomorrow']);
  });

  it('of roles that inherit each other in a circle, is found once', async () => {
    await store(
      'roles', 'circle', [{ _id: 'c1', roleId: 'a', type: 'a', inherits: ['b'] }, { _id: 'c2', roleId: 'b', type: 'b', inherits: ['a'] }],
    );
    await store('users', 'circle', [{ _id: 'ann', roles: ['a', 'b'], emailKey: 'ann' }]);
    expect(await principalsOf('circle', 'a')).toEqual(['ann']);
  });
});
