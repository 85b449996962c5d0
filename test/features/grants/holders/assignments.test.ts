import type { GrantingMembership, HolderMarks, Principal } from '../../../../src/features/grants/grants.types.ts';
import { createReadAssignments } from '../../../../src/features/grants/holders/assignments.ts';
import type { ClientSession } from '../../../../src/platform/database/session.ts';

const session = {} as ClientSession; // which nothing here reads
const anybody: HolderMarks = { roleIds: ['clerk'], groupIds: [], userIds: [] };
const membership = (userId: string, resource: string): GrantingMembership => (
  { _id: `${userId} ${resource}`, userId, resource, roleId: 'reader' });

function start(users: readonly Omit<Principal, 'tenantId'>[], memberships: readonly GrantingMembership[] = []) {
  const asked: (readonly string[] | null)[] = [];
  const read = createReadAssignments({
    readEveryUserHolder: () => Promise.resolve(users.map((user) => ({ ...user, tenantId: 't' }))),
    readMemberships(_tenantId, userIds) {
      asked.push(userIds);
      return Promise.resolve(memberships.filter(({ userId }) => userIds.includes(userId)));
    },
    readMembershipsOn(_tenantId, resources) {
      asked.push(resources);
      return Promise.resolve(memberships);
    },
    readProvided: () => Promise.resolve(new Map([['ann', [{ providerId: 'p', roleId: 'provided' }]]])),
    clock: () => 1_000, baseRole: 'guest',
  });
  return { asked, read: (marks: HolderMarks | null) => read('t', marks, session) };
}

describe('what is assigned to users', () => {
  it('is their roles of this moment, the role that everybody holds, their groups and their memberships', async () => {
    const { read } = start([
      { _id: 'ann', roles: ['clerk', 'ended'], roleTimes: [{ roleId: 'ended', validUntil: new Date(999) }], groups: ['g'] },
      { _id: 'bob', roles: [] },
    ], [membership('ann', 'files/1'), membership('bob', 'files/2'), membership('ann', 'files/3')]);
    expect([...await read(anybody)]).toEqual([
      ['ann', { roles: ['clerk', 'guest'], groups: ['g'], memberships: [
        { membershipId: 'ann files/1', resource: 'files/1', roleId: 'reader' },
        { membershipId: 'ann files/3', resource: 'files/3', roleId: 'reader' },
      ], provided: [] }],
      ['bob', {
        roles: ['guest'], groups: [], memberships: [{ membershipId: 'bob files/2', resource: 'files/2', roleId: 'reader' }], provided: [],
      }],
    ]);
  });

  it('are the roles that providers give, read for users with identities alone', async () => {
    const { read } = start([{ _id: 'ann', roles: [], hasIdentities: true }, { _id: 'bob', roles: [] }]);
    const found = await read(anybody);
    expect(found.get('ann')?.provided).toEqual([{ providerId: 'p', roleId: 'provided' }]);
    expect(found.get('bob')?.provided).toEqual([]);
  });

  it('if it is equal, is one object', async () => {
    const { read } = start([
      { _id: 'ann', roles: ['clerk'] }, { _id: 'bob', roles: ['clerk'], groups: [] }, { _id: 'eve', roles: ['boss'] },
    ]);
    const [ann, bob, eve] = (await read(anybody)).values();
    expect(ann).toBe(bob);
    expect(eve).not.toBe(ann);
  });

  it('to 10,001 users, reads the memberships of 5,000 at a time; to everybody, all memberships at once', async () => {
    const ids = Array.from({ length: 10_001 }, (_, index) => `user ${index}`);
    const { asked, read } = start(ids.map((_id) => ({ _id, roles: [] })), [membership('user 5000', 'files/1')]);
    expect((await read(anybody)).get('user 5000')?.memberships).toHaveLength(1);
    expect(asked).toEqual([ids.slice(0, 5_000), ids.slice(5_000, 10_000), ids.slice(10_000)]);
    asked.length = 0;
    expect((await read(null)).get('user 5000')?.memberships).toHaveLength(1);
    expect(asked).toEqual([null]);
  });

  it('by more memberships than a call has room for arguments, are read', async () => {
    const memberships = Array.from({ length: 300_000 }, (_, index) => membership('ann', `files/${index}`));
    const { read } = start([{ _id: 'ann', roles: [] }], memberships);
    for (const marks of [anybody, null]) expect((await read(marks)).get('ann')?.memberships).toHaveLength(memberships.length);
  });
});
