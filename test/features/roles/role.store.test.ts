import { createSharedModels } from '../../../src/boot/stores.ts';
import { createRoleStore } from '../../../src/features/roles/role.store.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { watchCommands } from '../../support/watch-commands.ts';

const { connection } = await createDatabase('shared', { monitorCommands: true });
const { roles } = createSharedModels(connection);
const { during } = watchCommands(connection);

/** Stores roles in a tenant of the test's own, each with what it inherits. */
async function store(tenantId: string, inherits: Readonly<Record<string, readonly string[]>>): Promise<void> {
  await roles.create(Object.entries(inherits).map(([roleId, parents]) => ({
    _id: `${tenantId} ${roleId}`, tenantId, roleId, type: roleId, name: roleId, rights: [], permissions: [], policies: [],
    inherits: [...parents], isSystemRole: false, isDefault: false, version: 1, lockCount: 0,
  })));
}

/** The roleIds that are read, and by how many queries. */
async function read({ readWithParents }: ReturnType<typeof createRoleStore>, tenantId: string, ...roleIds: readonly string[]) {
  let found: string[] = [];
  const queries = await during(async () => {
    const known = await readWithParents(tenantId, roleIds);
    expect([...known].map(([roleId, role]) => role.roleId === roleId && role.tenantId === tenantId)).not.toContain(false);
    found = [...known.keys()].sort();
  });
  return { found, queries: queries.length };
}

describe('roles with the roles that they inherit', () => {
  it('take a query for each level when they are read first, and one afterwards', async () => {
    await store('a', { boss: ['clerk', 'guard'], clerk: ['guest'], guard: [], guest: [], other: ['guest'] });
    const found = ['boss', 'clerk', 'guard', 'guest'];
    const states = createRoleStore(roles);
    expect(await read(states, 'a', 'boss')).toEqual({ found, queries: 3 });
    expect(await read(states, 'a', 'boss')).toEqual({ found, queries: 1 });
    expect(await read(states, 'a', 'clerk', 'clerk')).toEqual({ found: ['clerk', 'guest'], queries: 1 });
    expect(await read(states, 'a', 'other')).toEqual({ found: ['guest', 'other'], queries: 2 });
    expect(await read(states, 'a')).toEqual({ found: [], queries: 0 });
  });

  it('that have changed since, are those that are stored now', async () => {
    await store('b', { boss: ['clerk'], clerk: ['guest'], guest: [], guard: ['night'], night: [] });
    const states = createRoleStore(roles);
    await read(states, 'b', 'boss');
    await roles.updateOne({ tenantId: 'b', roleId: 'boss' }, { $set: { inherits: ['guard'] } });
    expect(await read(states, 'b', 'boss')).toEqual({ found: ['boss', 'guard', 'night'], queries: 3 });
    await roles.deleteOne({ tenantId: 'b', roleId: 'night' });
    expect(await read(states, 'b', 'boss')).toEqual({ found: ['boss', 'guard'], queries: 1 });
    await roles.updateOne({ tenantId: 'b', roleId: 'guard' }, { $set: { inherits: [] } });
    expect(await read(states, 'b', 'boss', 'missing')).toEqual({ found: ['boss', 'guard'], queries: 1 });
  });

  it('in a circle, or of another tenant with the same ids, are read once and apart', async () => {
    await store('c', { one: ['two'], two: ['one'] });
    await store('d', { one: [], two: [] });
    const states = createRoleStore(roles);
    expect(await read(states, 'c', 'one')).toEqual({ found: ['one', 'two'], queries: 2 });
    expect(await read(states, 'd', 'one')).toEqual({ found: ['one'], queries: 1 });
  });
});
