import { randomBytes } from 'node:crypto';
import { systemActor } from '../../../../src/platform/changes/actor.ts';
import type { Actor, ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';
import { buildIndexes } from '../../../../src/platform/database/indexes.ts';
import { newId } from '../../../../src/platform/database/queries/new-id.ts';
import { readListQuery } from '../../../../src/features/scim/answers/list-response.ts';
import { groupResource, userResource } from '../../../../src/features/scim/attributes.ts';
import { createScimResourceService } from '../../../../src/features/scim/resources/change-resource.ts';
import { createFollowGroup, createFollowUser } from '../../../../src/features/scim/resources/follow-changes.ts';
import { listResources } from '../../../../src/features/scim/resources/list-resources.ts';
import type { ScimClient } from '../../../../src/features/scim/resources/scim-ports.types.ts';
import { createScimMemberStore } from '../../../../src/features/scim/store/scim-members.store.ts';
import { createScimGroupModel, createScimUserModel } from '../../../../src/features/scim/store/scim-resource.model.ts';
import { createScimResourceStore } from '../../../../src/features/scim/store/scim-resource.store.ts';
import type { ProviderScope, ScimResourceStore } from '../../../../src/features/scim/store/scim-resource.store.ts';
import type { LinkedUser } from '../../../../src/features/scim/transition/access-change.ts';
import type { UserTransition } from '../../../../src/features/scim/transition/user-transition.ts';
import { createDatabase } from '../../../support/gatehouse/database.ts';
import { groupUrn, patchUrn, userUrn } from '../scim-faults.ts';

const { connection } = await createDatabase();
const actor = systemActor('t');
const client: ScimClient = { tenantId: 't', providerId: 'p1', scimSubject: 'userName' };
const other: ScimClient = { ...client, providerId: 'p2' };
const linked: LinkedUser = { user: { isActive: true }, identity: {}, hasOtherWay: false };

/** A query that throws outside a transaction: two changes at once would then not see each other. */
function inside<T, R>(read: (scope: ProviderScope, asked: T) => R) {
  return (scope: ProviderScope, asked: T): R => {
    if (!scope.session) throw new Error('This query is outside the transaction.');
    return read(scope, asked);
  };
}

/** Services on stores of their own. They note what they ask of users and identities; `refuse` makes that fail. */
async function newServices({ refuse = false } = {}) {
  const prefix = randomBytes(4).toString('hex');
  const [userModel, groupModel] = [createScimUserModel(connection, prefix), createScimGroupModel(connection, prefix)];
  await buildIndexes([userModel, groupModel]);
  connection.deleteModel(/^Scim/);
  const users = createScimResourceStore(userResource, userModel);
  const groups = createScimResourceStore(groupResource, groupModel);
  const memberStore = createScimMemberStore(groupModel);
  const members = { ...memberStore, groupNamesOf: inside(memberStore.groupNamesOf) };
  const careful = (store: ScimResourceStore) => ({ ...store, find: inside(store.find), existing: inside(store.existing) });
  const asked: { id: string; transition: UserTransition }[] = [];
  const asserted: [string, readonly string[]][][] = [];
  const ports = {
    readLinked: () => Promise.resolve(linked),
    applyTransition: (_tx: ChangeTransaction, _client: ScimClient, id: string, transition: UserTransition) => {
      asked.push({ id, transition });
      return refuse ? Promise.reject(new Error('refused')) : Promise.resolve();
    },
    assertGroups: (_tx: ChangeTransaction, _client: ScimClient, names: ReadonlyMap<string, readonly string[]>) => {
      asserted.push([...names].sort());
      return Promise.resolve();
    },
  };
  const changes = {
    // The services use the session and the tenant of a transaction alone.
    transact: <T>(by: Actor, work: (tx: ChangeTransaction) => Promise<T>) => (
      connection.transaction((session) => work({ session, actor: by } as ChangeTransaction))),
  };
  let seconds = 0;
  const common = { changes, newId, clock: () => Date.UTC(2027, 0, 1, 0, 0, seconds += 1) };
  return {
    users: createScimResourceService({
      ...common, type: userResource, store: careful(users), followChange: createFollowUser({ ...common, members, ports }),
    }),
    groups: createScimResourceService({
      ...common, type: groupResource, store: careful(groups), followChange: createFollowGroup({ users: careful(users), members, ports }),
    }),
    asked, asserted,
    list: (query: Record<string, string>, by = client) => listResources(
      [{ type: userResource, store: users }, { type: groupResource, store: groups }], by, readListQuery(query), 'https://x.example',
    ),
  };
}
const person = (userName: string, more: object = {}) => ({ schemas: [userUrn], userName, ...more });
const team = (displayName: string, ...ids: string[]) => ({ schemas: [groupUrn], displayName, members: ids.map((value) => ({ value })) });
const patch = (...Operations: object[]) => ({ schemas: [patchUrn], Operations });
const missing = { status: 404, scimType: undefined };

describe('the service of SCIM resources', () => {
  it('a new user, is stored and provisioned', async () => {
    const { users, asked, list } = await newServices();
    const { id, values } = await users.create(actor, client, person('ann', { active: false, password: 'x' }));
    expect(values).toEqual({ userName: 'ann', active: false });
    const provisioned = { kind: 'provision', active: false, person: { subject: 'ann', claims: { groups: [] } } };
    expect(asked).toMatchObject([{ id, transition: provisioned }]);
    expect((await list({})).Resources).toMatchObject([{ id, userName: 'ann' }]);
  });

  it('a new user whom Gatehouse refuses, is not stored', async () => {
    const { users, list } = await newServices({ refuse: true });
    await expect(users.create(actor, client, person('ann'))).rejects.toThrow('refused');
    expect((await list({})).totalResults).toBe(0);
  });

  it('a changed user, is stored, and updated with the groups that the provider has for the person', async () => {
    const { users, groups, asked } = await newServices();
    const { id } = await users.create(actor, client, person('ann', { active: true }));
    await groups.create(actor, client, team('Ops', id));
    const { values, changedAt, createdAt } = await users.patch(actor, client, id, patch({ op: 'Replace', path: 'active', value: 'False' }));
    expect(values).toEqual({ userName: 'ann', active: false });
    expect(changedAt > createdAt).toBe(true);
    expect(asked[1]).toMatchObject({ id, transition: {
      kind: 'update', person: { claims: { groups: ['Ops'] } },
      access: { user: { isActive: false, disabledBy: 'p1' }, identity: { disabledHere: true }, ends: 'of-user' },
    } });
    expect((await users.replace(actor, client, id, person('ann'))).values).toEqual({ userName: 'ann', active: false });
  });

  it('a change that changes nothing, is not stored, and still ends sessions', async () => {
    const { users, asked } = await newServices();
    const { id, changedAt } = await users.create(actor, client, person('ann', { active: false }));
    expect((await users.patch(actor, client, id, patch({ op: 'replace', value: { active: false } }))).changedAt).toEqual(changedAt);
    expect(asked[1]).toMatchObject({ transition: { kind: 'update', access: { ends: 'of-user' } } });
  });

  it('a PATCH of which one operation fails, changes nothing', async () => {
    const { users, asked, list } = await newServices();
    const { id } = await users.create(actor, client, person('ann'));
    const body = patch({ op: 'replace', path: 'displayName', value: 'Ann' }, { op: 'remove', path: 'userName' });
    await expect(users.patch(actor, client, id, body)).rejects.toMatchObject({ status: 400, scimType: 'mutability' });
    expect(asked).toHaveLength(1);
    expect((await list({ filter: 'displayName pr' })).totalResults).toBe(0);
  });

  it('a deleted user, is gone from the list and from the groups', async () => {
    const { users, groups, asked, list } = await newServices();
    const [ann, bob] = [await users.create(actor, client, person('ann')), await users.create(actor, client, person('bob'))];
    await groups.create(actor, client, team('Ops', ann.id, bob.id));
    await users.remove(actor, client, ann.id);
    expect(asked[2]).toMatchObject({ id: ann.id, transition: { kind: 'remove', identity: 'switched-off', access: { ends: 'of-user' } } });
    expect((await list({})).Resources).toMatchObject([{ id: bob.id }, { members: [{ value: bob.id }] }]);
    await expect(users.remove(actor, client, ann.id)).rejects.toMatchObject(missing);
  });

  it('a group, says the groups of its members at each change', async () => {
    const { users, groups, asserted } = await newServices();
    const [ann, bob] = [(await users.create(actor, client, person('ann'))).id, (await users.create(actor, client, person('bob'))).id];
    const { id } = await groups.create(actor, client, team('Ops', ann));
    await groups.patch(actor, client, id, patch({ op: 'add', path: 'members', value: [{ value: bob }] }));
    await groups.patch(actor, client, id, patch({ op: 'replace', value: { displayName: 'Eng' } }));
    await groups.patch(actor, client, id, patch({ op: 'replace', value: { externalId: 'e' } }));
    await groups.replace(actor, client, id, team('Eng', bob));
    await groups.remove(actor, client, id);
    expect(asserted).toEqual([
      [[ann, ['Ops']]], [[bob, ['Ops']]], [[ann, ['Eng']], [bob, ['Eng']]], [[ann, []]], [[bob, []]],
    ]);
  });

  it('a group to which 4 requests add members at once, has all of them', async () => {
    const { users, groups, list } = await newServices();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push((await users.create(actor, client, person(name))).id);
    const { id } = await groups.create(actor, client, team('Ops'));
    await Promise.all(ids.map((value) => groups.patch(actor, client, id, patch({ op: 'add', path: 'members', value: [{ value }] }))));
    const [group] = (await list({ filter: 'members pr' })).Resources;
    expect(group?.['members']).toHaveLength(4);
  });

  it('a group with a member who is no user of the provider, is refused', async () => {
    const { users, groups, asserted, list } = await newServices();
    const [own, foreign] = [(await users.create(actor, client, person('ann'))).id, (await users.create(actor, other, person('bob'))).id];
    await groups.create(actor, client, team('Ops', own));
    for (const id of [foreign, newId()]) {
      await expect(groups.create(actor, client, team('Eng', own, id))).rejects.toMatchObject({ status: 400, scimType: 'invalidValue' });
    }
    expect([asserted.length, (await list({ filter: 'displayName eq "Eng"' })).totalResults]).toEqual([1, 0]);
  });

  it('a resource of another provider, is not found', async () => {
    const { users, list } = await newServices();
    const { id } = await users.create(actor, client, person('ann'));
    await expect(users.replace(actor, other, id, person('eve'))).rejects.toMatchObject(missing);
    await expect(users.patch(actor, other, id, patch({ op: 'replace', value: { active: false } }))).rejects.toMatchObject(missing);
    await expect(users.remove(actor, other, id)).rejects.toMatchObject(missing);
    expect([(await list({}, other)).totalResults, (await list({})).totalResults]).toEqual([0, 1]);
  });
});

describe('a list of several types', () => {
  it('has one after the other, in pages, without members that nobody asks for', async () => {
    const { users, groups, list } = await newServices();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await users.create(actor, client, person(name))).id);
    for (const name of ['d', 'e']) ids.push((await groups.create(actor, client, team(name, ...ids.slice(0, 1)))).id);
    const page = async (startIndex: string, count: string) => {
      const { totalResults, Resources } = await list({ startIndex, count, excludedAttributes: 'members' });
      expect(Resources.some((each) => 'members' in each)).toBe(false);
      return [totalResults, ...Resources.map(({ id }) => ids.indexOf(String(id)))];
    };
    expect(await page('1', '10')).toEqual([5, 0, 1, 2, 3, 4]);
    expect(await page('2', '3')).toEqual([5, 1, 2, 3]);
    expect(await page('4', '1')).toEqual([5, 3]);
    expect(await page('5', '9')).toEqual([5, 4]);
    expect([await page('6', '9'), await page('1', '0')]).toEqual([[5], [5]]);
  });

  it('reads the members of groups only if the answer has them', async () => {
    const read: (boolean | undefined)[] = [];
    const store = {
      list: (_scope: object, { readsMembers }: { readonly readsMembers?: boolean }) => {
        read.push(readsMembers);
        return Promise.resolve({ resources: [], totalResults: 0 });
      },
    };
    for (const query of [{}, { excludedAttributes: 'members' }, { attributes: 'displayName' }, { attributes: 'members.value' }]) {
      await listResources([{ type: groupResource, store }], client, readListQuery(query), 'https://x.example');
    }
    expect(read).toEqual([true, false, false, true]);
  });

  it('with an attribute of one type in its filter, has this type alone, and with an unknown one is refused', async () => {
    const { users, groups, list } = await newServices();
    const { id } = await users.create(actor, client, person('a'));
    await groups.create(actor, client, team('d', id));
    expect((await list({ filter: 'userName pr' })).Resources).toMatchObject([{ userName: 'a' }]);
    expect((await list({ filter: 'members pr' })).Resources).toMatchObject([{ displayName: 'd', members: [{ value: id }] }]);
    await expect(list({ filter: 'title pr' })).rejects.toMatchObject({ status: 400, scimType: 'invalidFilter' });
  });
});
