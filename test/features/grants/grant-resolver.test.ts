import type { Right } from '../../../src/engine/grants/right.ts';
import { createGrantResolver } from '../../../src/features/grants/grant-resolver.ts';
import type { Principal } from '../../../src/features/grants/grants.types.ts';
import type { Group } from '../../../src/features/groups/group.model.ts';
import type { Membership } from '../../../src/features/memberships/membership.model.ts';
import type { Role } from '../../../src/features/roles/role.model.ts';

const now = 1_000_000;
const right = (url: string, access: Right['access'] = 'auth'): Right => ({ name: url, path: '/', url, access });
const role = (roleId: string, more: Partial<Role> = {}): Role => ({
  _id: roleId, tenantId: 't', roleId, type: `type of ${roleId}`, name: `name of ${roleId}`, description: '', rights: [right(`/${roleId}`)],
  permissions: [], policies: [], inherits: [],
  isSystemRole: false, isDefault: false, version: 1, lockCount: 0, seeded: [], ...more,
});
const roles = [
  role('guest'), role('clerk', { inherits: ['reader'] }), role('reader'), role('owner', { permissions: ['read:notes'] }),
  role('tenant-admin', { rights: [right('/config', 'config'), right('/plain')] }),
  role('forged', { rights: [right('/config', 'config'), right('/plain')] }), role('root'),
];
const groups = [{ _id: 'office', roles: ['clerk'], policies: [] }, {
  _id: 'club', roles: ['owner'], policies: [{ effect: 'deny', actions: ['read'], resources: ['notes'] }],
}] as unknown as Group[]; // as much of one as is read
const memberships = [
  { _id: 'm1', userId: 'ann', resource: 'projects/2', roleId: 'owner' },
  { _id: 'm2', userId: 'ann', resource: 'projects/1', roleId: 'owner' },
  { _id: 'm3', userId: 'ann', resource: 'projects/1', roleId: 'reader' },
  { _id: 'm4', userId: 'bob', resource: 'projects/3', roleId: 'owner' },
] as unknown as Membership[]; // as much of one as is read

const provided = new Map([
  ['sue', [{ providerId: 'p', group: 'eng', roleId: 'clerk' }, { providerId: 'p', group: 'eng', roleId: 'root' }]],
]);

function watchReader() {
  const read: string[] = [];
  const reader = createGrantResolver({
    readRoles: (_tenantId, roleIds) => {
      read.push(`roles ${[...roleIds].sort().join(' ')}`);
      return Promise.resolve(new Map(roles.filter(
        ({ roleId }) => roleIds.includes(roleId) || (roleId === 'reader' && roleIds.includes('clerk')),
      ).map((each) => [each.roleId, each])));
    },
    readGroups: (_tenantId, ids) => { read.push(`groups ${ids.join(' ')}`); return Promise.resolve(
      groups.filter(({ _id }) => ids.includes(_id)),
    ); },
    readMemberships: (_tenantId, ids) => { read.push(`memberships ${ids.join(' ')}`); return Promise.resolve(
      memberships.filter(({ userId }) => ids.includes(userId)),
    ); },
    readProvided: (_tenantId, ids) => { read.push(`provided ${ids.join(' ')}`); return Promise.resolve(
      new Map([...provided].filter(([userId]) => ids.includes(userId))),
    ); },
    clock: () => now, baseRole: 'guest', isSuperadmin: ({ roleId }) => roleId === 'root',
    isTenantAdmin: ({ roleId }) => roleId === 'tenant-admin',
  });
  return { read, reader };
}
const holder = (_id: string, more: Partial<Principal> = {}): Principal => ({ _id, tenantId: 't', roles: [], ...more });
const heldBy = (user: Principal) => watchReader().reader.resolveGrants(user);
const urlsOf = async (user: Principal) => (await heldBy(user)).granted.flatMap(
  (granted) => (granted.kind === 'right' ? [granted.right.url] : []),
);

describe('what somebody holds', () => {
  it('with nothing assigned, is what everybody holds, and no role of their own', async () => {
    expect(await heldBy(holder('zoe'))).toMatchObject({ roles: [], roleTypes: ['type of guest'], memberships: [], changesAt: null });
    expect(await urlsOf(holder('zoe'))).toEqual(['/guest']);
  });

  it('by roles and groups, is listed in order, with types of all that they inherit', async () => {
    const { roles: named, roleTypes, granted } = await heldBy(holder('zoe', { roles: ['owner', 'unknown'], groups: ['office'] }));
    expect(named).toEqual([
      { roleId: 'owner', type: 'type of owner', name: 'name of owner' }, { roleId: 'clerk', type: 'type of clerk', name: 'name of clerk' },
    ]);
    expect(roleTypes).toEqual(['type of clerk', 'type of guest', 'type of owner', 'type of reader']);
    expect(
      granted.filter(({ kind }) => kind === 'right').map(({ chain }) => chain.map(({ kind, id }) => `${kind} ${id}`).join(' > ')),
    ).toEqual([
      'role owner', 'role guest', 'group office > role clerk', 'group office > role clerk > role reader',
    ]);
  });

  it('by a provider, is listed with the provider and the asserted group; nothing is read for users without identities', async () => {
    const { reader, read } = watchReader();
    const [sue, zoe] = await reader.resolveGrantsOfAll('t', [holder('sue', { hasIdentities: true }), holder('zoe')]);
    expect(sue?.roles.map(({ roleId }) => roleId)).toEqual(['clerk', 'root']);
    expect(sue?.granted.filter(({ kind }) => kind === 'right').map(({ chain }) => chain.map(({ kind, id }) => `${kind} ${id}`).join(' > ')))
      .toEqual([
        'role guest', 'provider p > asserted-group eng > role clerk', 'provider p > asserted-group eng > role clerk > role reader',
      ]);
    expect(sue?.granted.some(({ kind }) => kind === 'superadmin')).toBe(false);
    expect(zoe?.roles).toEqual([]);
    expect(read.filter((each) => each.startsWith('provided'))).toEqual(['provided sue']);
    await reader.resolveGrants(holder('sue'));
    expect(read.filter((each) => each.startsWith('provided'))).toHaveLength(1);
  });

  it('by a group with policies, has them as well', async () => {
    const { granted } = await heldBy(holder('zoe', { groups: ['club'] }));
    expect(granted.filter(({ kind }) => kind === 'policy'))
      .toEqual([{ kind: 'policy', policy: groups[1]?.policies[0], chain: [{ kind: 'group', id: 'club' }] }]);
  });

  it('on single resources, names each once and in order, and gives no rights there', async () => {
    const { memberships: resources, roleTypes, granted } = await heldBy(holder('ann'));
    expect(resources).toEqual(['projects/1', 'projects/2']);
    expect(roleTypes).toEqual(['type of guest']);
    expect(granted.filter(({ kind }) => kind === 'right')).toHaveLength(1);
  });

  it('of config URLs, counts for the admin of a tenant alone, although other roles have it stored', async () => {
    expect(await urlsOf(holder('zoe', { roles: ['tenant-admin'] }))).toEqual(['/config', '/plain', '/guest']);
    expect(await urlsOf(holder('zoe', { roles: ['forged'] }))).toEqual(['/plain', '/guest']);
  });

  it('of a superadmin, says so, and by a group it does not', async () => {
    expect((await heldBy(holder('zoe', { roles: ['root'] }))).granted.map(({ kind }) => kind)).toContain('superadmin');
  });

  it('of a role with a start and an end, counts between them, and says when that changes', async () => {
    const timed = (from: number, until: number) => holder(
      'zoe', { roles: ['owner'], roleTimes: [{ roleId: 'owner', validFrom: new Date(from), validUntil: new Date(until) }] },
    );
    expect(await heldBy(timed(now, now + 5))).toMatchObject({ roles: [{ roleId: 'owner' }], changesAt: new Date(now + 5) });
    expect(await heldBy(timed(now + 1, now + 5))).toMatchObject({ roles: [], changesAt: new Date(now + 1) });
    expect(await heldBy(timed(now - 5, now))).toMatchObject({ roles: [], changesAt: null });
  });
});

describe('what many hold', () => {
  it('is answered in their order, by as many queries as for one, and those who hold the same share it', async () => {
    const { read, reader } = watchReader();
    const held = await reader.resolveGrantsOfAll(
      't', [holder('bob'), holder('zoe', { groups: ['office'] }), holder('ann'), holder('yan', { groups: ['office'] })],
    );
    expect(held.map((each) => each.principal._id)).toEqual(['bob', 'zoe', 'ann', 'yan']);
    expect(held.map(({ memberships: resources }) => resources)).toEqual([['projects/3'], [], ['projects/1', 'projects/2'], []]);
    expect(held[1]?.granted).toBe(held[3]?.granted);
    expect(held[0]?.granted).not.toBe(held[2]?.granted);
    expect(read).toEqual(['memberships bob zoe ann yan', 'groups office', 'roles clerk guest owner reader']);
  });

  it('of no groups, reads none', async () => {
    const { read, reader } = watchReader();
    await reader.baselineGrants('t');
    expect(read).toEqual(['roles guest']);
  });

  it('of what is assigned, without what everybody holds, is what follows from it', async () => {
    const granted = await watchReader().reader.resolveAssigned('t', { roles: ['clerk'] });
    expect(granted.map((each) => (each.kind === 'right' ? each.right.url : each.kind))).toEqual(['/clerk', '/reader']);
  });
});
