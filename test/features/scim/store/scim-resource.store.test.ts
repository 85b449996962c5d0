import { randomBytes } from 'node:crypto';
import { systemActor } from '../../../../src/platform/changes/actor.ts';
import type { ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';
import { buildIndexes } from '../../../../src/platform/database/indexes.ts';
import { groupResource, userResource } from '../../../../src/features/scim/attributes.ts';
import { parseFilter } from '../../../../src/features/scim/filter/parse-filter.ts';
import type { ScimResource, ScimValues } from '../../../../src/features/scim/scim.types.ts';
import { createScimGroupModel, createScimUserModel } from '../../../../src/features/scim/store/scim-resource.model.ts';
import { createScimMemberStore } from '../../../../src/features/scim/store/scim-members.store.ts';
import { createScimResourceStore } from '../../../../src/features/scim/store/scim-resource.store.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';

const { connection } = await createDatabase();
const at = (seconds: number) => new Date(Date.UTC(2027, 0, 1) + seconds * 1_000);
// The stores take these two parts of a transaction; the driver takes null for no session.
const txOf = (tenantId: string) => ({ session: null, actor: systemActor(tenantId) }) as unknown as ChangeTransaction;
const tx = txOf('t');
const scope = { tenantId: 't', providerId: 'p1' };
const everything = { startIndex: 1, count: 10 };

/** New stores with indexes, in collections of their own. */
async function newStores() {
  const prefix = randomBytes(4).toString('hex');
  const [users, groups] = [createScimUserModel(connection, prefix), createScimGroupModel(connection, prefix)];
  await buildIndexes([users, groups]);
  connection.deleteModel(/^Scim/);
  return {
    users: createScimResourceStore(userResource, users), groups: createScimResourceStore(groupResource, groups),
    members: createScimMemberStore(groups),
  };
}
const resource = (id: string, values: ScimValues): ScimResource => ({ id, values, createdAt: at(0), changedAt: at(0) });
const user = (id: string, userName: string, rest: ScimValues = {}) => resource(id, { userName, ...rest });
const team = (id: string, displayName: string, ...ids: string[]) => (
  resource(id, { displayName, ...(ids.length > 0 && { members: ids.map((value) => ({ value })) }) }));
const idsOf = (resources: readonly ScimResource[]) => resources.map(({ id }) => id);

describe('the store of SCIM resources', () => {
  it('a stored resource, is found as it was written, by its own provider alone', async () => {
    const { users, groups } = await newStores();
    const ann = user('1', 'Ann', {
      name: { givenName: 'Ann' }, active: false, emails: [{ value: 'A@x.example', primary: true }], department: 'R&D',
    });
    await users.create(tx, 'p1', ann);
    await groups.create(tx, 'p1', team('g', 'Team', '1', '2'));
    expect(await users.find(scope, '1')).toEqual(ann);
    expect(await groups.find(scope, 'g')).toEqual(team('g', 'Team', '1', '2'));
    for (const other of [{ ...scope, tenantId: 'u' }, { ...scope, providerId: 'p2' }]) {
      expect(await users.find(other, '1')).toBeNull();
      expect(await users.existing(other, ['1'])).toEqual([]);
      expect(await users.list(other, everything)).toEqual({ resources: [], totalResults: 0 });
      expect(await users.list(other, { ...everything, filter: parseFilter(userResource, 'id pr or id eq "1"') })).toEqual({
        resources: [], totalResults: 0,
      });
    }
    expect(await users.existing(scope, ['1', '2'])).toEqual(['1']);
  });

  it('a name that another resource of the provider has, in any letter case, is refused, and is free for another provider', async () => {
    const { users, groups } = await newStores();
    await users.create(tx, 'p1', user('1', 'Ann'));
    await groups.create(tx, 'p1', team('g', 'Team'));
    await expect(users.create(tx, 'p1', user('2', 'ANN'))).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    await expect(groups.create(tx, 'p1', team('h', 'TEAM'))).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    await users.create(tx, 'p1', user('3', 'Bob'));
    await expect(users.write(tx, 'p1', user('3', 'ann'))).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    await users.create(tx, 'p2', user('4', 'Ann'));
    await users.create(txOf('u'), 'p1', user('5', 'Ann'));
  });

  it('a list, has a page of those that fit, in the order of their ids', async () => {
    const { users } = await newStores();
    for (const id of ['3', '1', '2', '4']) await users.create(tx, 'p1', user(id, `u${id}`, { active: id !== '4' }));
    const filter = parseFilter(userResource, 'active eq true and (userName sw "U" or emails pr)');
    const page = async (startIndex: number, count: number) => {
      const { resources, totalResults } = await users.list(scope, { filter, startIndex, count });
      return [totalResults, ...idsOf(resources)];
    };
    expect(await page(1, 10)).toEqual([3, '1', '2', '3']);
    expect(await page(2, 1)).toEqual([3, '2']);
    expect(await page(3, 5)).toEqual([3, '3']);
    expect(await page(4, 5)).toEqual([3]);
    expect(await page(1, 0)).toEqual([3]);
  });

  it('a list of groups without members, does not read them, and a filter can still ask for them', async () => {
    const { groups } = await newStores();
    await groups.create(tx, 'p1', team('g', 'Team', '1', '2'));
    await groups.create(tx, 'p1', team('h', 'Empty'));
    const found = async (filter: string, readsMembers: boolean) => (
      await groups.list(scope, { ...everything, filter: parseFilter(groupResource, filter), readsMembers })).resources;
    expect(await found('id eq "g" and members eq "2"', false)).toEqual([team('g', 'Team')]);
    expect(await found('id eq "g" and members eq "2"', true)).toEqual([team('g', 'Team', '1', '2')]);
    expect(await found('not (members pr)', false)).toEqual([team('h', 'Empty')]);
  });

  it('a resource that is written again, has the new values and keys alone', async () => {
    const { users } = await newStores();
    await users.create(tx, 'p1', user('1', 'Ann', { displayName: 'Ann', active: true }));
    const after = { ...user('1', 'Eve', { externalId: 'E' }), changedAt: at(9) };
    await users.write(tx, 'p1', after);
    expect(await users.find(scope, '1')).toEqual(after);
    const found = async (filter: string) => (
      await users.list(scope, { ...everything, filter: parseFilter(userResource, filter) })).totalResults;
    expect([await found('userName eq "ann"'), await found('displayName pr'), await found('externalId eq "E"')]).toEqual([0, 0, 1]);
    expect(await found('meta.lastModified gt "2027-01-01T00:00:08Z" and meta.created lt "2027-01-01T00:00:01Z"')).toBe(1);
  });

  it('the names of groups, of one and of several users, are those of the provider alone', async () => {
    const { groups, members } = await newStores();
    await groups.create(tx, 'p1', team('g', 'Ops', '1', '2'));
    await groups.create(tx, 'p1', team('h', 'Eng', '1'));
    await groups.create(tx, 'p2', team('i', 'Admins', '1'));
    await groups.create(txOf('u'), 'p1', team('j', 'Admins', '1'));
    expect([...await members.groupNamesOf(scope, ['1'])]).toEqual([['1', ['Eng', 'Ops']]]);
    expect([...await members.groupNamesOf(scope, ['1', '2'])]).toEqual([['1', ['Eng', 'Ops']], ['2', ['Ops']]]);
    expect([...await members.groupNamesOf(scope, ['1', '2', '3'])]).toEqual([['1', ['Eng', 'Ops']], ['2', ['Ops']], ['3', []]]);
    expect([...await members.groupNamesOf(scope, [])]).toEqual([]);
  });

  it('a user who is deleted, leaves all groups of the provider, and what is removed is gone', async () => {
    const { users, groups, members } = await newStores();
    for (const id of ['0', '1', '2']) await users.create(tx, 'p1', user(id, `u${id}`));
    await groups.create(tx, 'p1', team('g', 'Ops', '1', '2'));
    await groups.create(tx, 'p1', team('h', 'Eng', '1'));
    await groups.create(tx, 'p2', team('i', 'Other', '1'));
    await members.removeUser(tx, 'p1', '1', at(5));
    await users.remove(tx, 'p1', '1');
    expect(await users.existing(scope, ['0', '1', '2'])).toEqual(['0', '2']);
    expect(await groups.find(scope, 'g')).toEqual({ ...team('g', 'Ops', '2'), changedAt: at(5) });
    expect(await groups.find(scope, 'h')).toEqual({ ...team('h', 'Eng'), changedAt: at(5) });
    expect(idsOf((await groups.list(scope, { ...everything, filter: parseFilter(groupResource, 'members pr') })).resources)).toEqual(['g']);
    await groups.removeAllOfProvider(tx, 'p1');
    expect((await groups.list(scope, everything)).totalResults).toBe(0);
    expect((await groups.list({ ...scope, providerId: 'p2' }, everything)).resources).toEqual([team('i', 'Other', '1')]);
  });

  it('writes and reads of a transaction that is rolled back, belong to it, and change nothing', async () => {
    const { users, groups, members } = await newStores();
    await users.create(tx, 'p1', user('1', 'Ann'));
    await groups.create(tx, 'p1', team('g', 'Ops', '1', '2'));
    const session = await connection.startSession();
    session.startTransaction();
    const [within, seen] = [{ ...tx, session } as ChangeTransaction, { ...scope, session }];
    await users.create(within, 'p1', user('2', 'Bob'));
    await users.write(within, 'p1', user('1', 'Eve'));
    expect((await users.list(seen, everything)).resources).toEqual([user('1', 'Eve'), user('2', 'Bob')]);
    expect([await users.find(seen, '2'), await users.existing(seen, ['2'])]).toEqual([user('2', 'Bob'), ['2']]);
    await members.removeUser(within, 'p1', '1', at(5));
    await members.removeUser(within, 'p1', '2', at(5));
    expect([...await members.groupNamesOf(seen, ['1', '2'])]).toEqual([['1', []], ['2', []]]);
    await users.remove(within, 'p1', '1');
    await groups.removeAllOfProvider(within, 'p1');
    await session.abortTransaction();
    await session.endSession();
    expect((await users.list(scope, everything)).resources).toEqual([user('1', 'Ann')]);
    expect((await groups.list(scope, everything)).resources).toEqual([team('g', 'Ops', '1', '2')]);
  });
});
