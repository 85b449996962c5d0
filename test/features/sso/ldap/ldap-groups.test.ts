import { BerReader, FilterParser } from 'ldapts';
import { setTimeout as sleep } from 'node:timers/promises';
import { findGroups } from '../../../../src/features/sso/ldap/ldap-groups.ts';
import type { LdapGroups } from '../../../../src/features/sso/ldap/ldap.types.ts';
import { startFakeDirectory } from '../../../support/sso/ldap/fake-directory.ts';
import type { FakeAnswer, FakeEntry, SentSearch } from '../../../support/sso/ldap/fake-directory.ts';
import { createLdapWorld, outcomeOf } from '../../../support/sso/ldap/ldap-world.ts';

const people = 'ou=people,dc=example,dc=org';
const annDn = `uid=ann,${people}`;
const dnOf = (group: string) => `cn=${group},ou=groups,dc=example,dc=org`;
/** Groups, and what is in them. "a" and "c" are in each other. */
const membersOf: Record<string, readonly string[]> = {
  a: [annDn, dnOf('c')], b: [dnOf('a').toUpperCase()], c: [dnOf('b')], d: [dnOf('c')], lone: ['uid=bob'],
};
const person = (attributes: FakeEntry['attributes'] = {}): FakeEntry => ({
  dn: annDn, attributes: { entryUUID: ['0c7d0a3e-5d3b-4a7e-9a51-3f1f5d3c9b10'], ...attributes },
});

/** The members that a search for groups asks for. */
function membersIn({ filter }: SentSearch): string[] {
  return [...FilterParser.parse(new BerReader(filter)).toString().matchAll(/member=([^)]*)\)/g)].map(([, dn = '']) => dn.toLowerCase());
}
const groupEntry = (group: string): FakeEntry => ({ dn: dnOf(group), attributes: { cn: [group] } });
const searchGroups = (search: SentSearch): FakeAnswer => ({
  entries: Object.entries(membersOf).filter(([, members]) => members.some((dn) => membersIn(search).includes(dn.toLowerCase())))
    .map(([group]) => groupEntry(group)),
});

const directory = await startFakeDirectory();
function logInWith(
  groups: Partial<LdapGroups>, found: (search: SentSearch) => FakeAnswer = searchGroups, entry = person(), unmatched = false,
) {
  directory.behaviour = { search: (search) => (search.sizeLimit === 2 ? { entries: [entry] } : found(search)) };
  directory.searches.length = 0;
  const { logIn } = createLdapWorld({
    configuration: {
      urls: [`ldap://directory.test:${directory.port}`], bindDn: 'cn=service', baseDn: 'dc=example,dc=org', userFilter: '(uid={username})',
      subjectAttribute: 'entryUUID', groups: { from: 'search', name: 'cn', nested: 10, ...groups },
    },
    provisioning: unmatched ? { unmatched: 'default' } : {},
  });
  return logIn('ann', 'right');
}
async function groupsWith(...args: Parameters<typeof logInWith>): Promise<unknown> {
  const verdict = await logInWith(...args);
  return verdict.ok ? [...(verdict.person.claims['groups'] as string[])].sort() : outcomeOf(verdict);
}

describe('findGroups by search', () => {
  it.each([[0, ['a']], [1, ['a', 'b']], [2, ['a', 'b', 'c']], [3, ['a', 'b', 'c', 'd']], [10, ['a', 'b', 'c', 'd']]])(
    '%d levels, give the groups of these levels; a circle ends', async (nested, expected) => {
      expect(await groupsWith({ nested })).toEqual(expected);
      expect(directory.searches.length).toBeLessThanOrEqual(1 + 5);
    },
  );

  it('groups that the server follows, are found by one search with its rule, below the base of the groups', async () => {
    const baseDn = 'ou=groups,dc=example,dc=org';
    const found = (search: SentSearch) => ({ entries: FilterParser.parse(new BerReader(search.filter)).toString().includes(
      `(member:1.2.840.113556.1.4.1941:=${annDn})`) && search.baseDn === baseDn ? [groupEntry('a'), groupEntry('d')] : [] });
    expect(await groupsWith({ nested: 'server', baseDn }, found)).toEqual(['a', 'd']);
    expect(directory.searches).toHaveLength(2);
  });

  it('a name of a group with characters of filters, is escaped on the next level', async () => {
    const odd = 'cn=a*)(cn=\\2C b,ou=groups,dc=example,dc=org';
    const found = (search: SentSearch) => {
      const { filter } = search;
      const isNext = filter.includes(Buffer.from(odd));
      return { entries: filter.includes(Buffer.from(annDn)) ? [{ dn: odd, attributes: { cn: ['x'] } }] : isNext ? [groupEntry('d')] : [] };
    };
    expect(await groupsWith({}, found)).toEqual(['a*)(cn=, b', 'd']);
  });

  it('whole names, or another attribute, name groups', async () => {
    expect(await groupsWith({ name: 'dn', nested: 0 })).toEqual([dnOf('a')]);
    const named = () => ({ entries: [{ dn: dnOf('a'), attributes: { description: ['Team A', 'Second'] } }] });
    expect(await groupsWith({ name: 'description', nested: 0 }, named)).toEqual(['Team A']);
  });

  const many = (count: number) => () => ({ entries: Array.from({ length: count }, (_, index) => groupEntry(`g${index}`)) });
  it('1,000 groups, all count', async () => {
    expect(await groupsWith({ nested: 0 }, many(1_000))).toHaveLength(1_000);
  });

  it.each<[string, Partial<LdapGroups>, (search: SentSearch) => FakeAnswer]>([
    ['1,001 groups', { nested: 0 }, many(1_001)],
    ['a limit of the directory', { nested: 0 }, () => ({ entries: [groupEntry('a')], code: 4 })],
    ['a group without a name', { nested: 0, name: 'description' }, () => ({ entries: [groupEntry('a')] })],
    ['1,001 groups on two levels', {}, (search) => (membersIn(search).includes(annDn) ? many(40)() : {
      entries: Array.from({ length: 961 }, (_, index) => groupEntry(`h${index}`)),
    })],
  ])('%s, let in only where groups decide nothing', async (_name, groups, found) => {
    expect(await groupsWith(groups, found)).toBe('groups');
    expect(await logInWith(groups, found, person(), true)).toMatchObject({ ok: true, person: { hasMoreGroups: true } });
  });

  it('the same groups for several searches of a level, are counted once', async () => {
    const found = (search: SentSearch) => (membersIn(search).includes(annDn) ? many(60)() : {
      entries: Array.from({ length: 400 }, (_, index) => groupEntry(`h${index}`)),
    });
    expect(await groupsWith({ nested: 1 }, found)).toHaveLength(460);
  });

  it('a search that the directory refuses, lets nobody in', async () => {
    expect(await groupsWith({}, () => ({ code: 50 }))).toBe('group-search');
  });
});

describe('findGroups', () => {
  it.each(['search', 'memberOf'] as const)('a walk by %s that takes too long, ends', async (from) => {
    const entryOf = (index: number) => ({ dn: dnOf(`${index}`), valuesOf: () => [dnOf(`${index + 1}`)], isPartial: () => false });
    let searched = 0;
    const slow = { search: () => { searched += 1; return sleep(30, { entries: [entryOf(searched)], isShort: false }); } };
    const walk = (time: number) => findGroups(slow, { baseDn: people, groups: { from, name: 'cn', nested: 3 } }, entryOf(0), time);
    expect(await walk(10_000)).toMatchObject({ names: expect.arrayContaining(['1', '2', '3']) as string[], hasMore: false });
    searched = 0;
    await expect(walk(20)).rejects.toMatchObject({ reason: 'timeout' });
    expect(searched).toBe(1);
  });
});

describe('findGroups by memberOf', () => {
  const groups = { from: 'memberOf', nested: 0 } as const;
  /** The groups of a group. */
  const parentsOf = (dn: string) => Object.entries(membersOf)
    .filter(([, all]) => all.some((each) => each.toLowerCase() === dn.toLowerCase())).map(([group]) => dnOf(group));
  const read = ({ baseDn }: SentSearch): FakeAnswer => ({
    entries: [{ dn: baseDn, attributes: { memberOf: parentsOf(baseDn), description: [`about ${baseDn}`] } }],
  });
  const ann = person({ memberOf: [dnOf('a')] });

  it.each([[0, ['a'], 0], [1, ['a', 'b'], 1], [3, ['a', 'b', 'c', 'd'], 3], [10, ['a', 'b', 'c', 'd'], 4]])(
    '%d levels, give the groups of these levels, each read once', async (nested, expected, reads) => {
      expect(await groupsWith({ ...groups, nested }, read, ann)).toEqual(expected);
      expect(directory.searches).toHaveLength(1 + reads);
    },
  );

  it('1,000 groups count, and 1,001 let nobody in', async () => {
    const inGroups = (count: number) => person({ memberOf: Array.from({ length: count }, (_, index) => dnOf(`g${index}`)) });
    expect(await groupsWith(groups, read, inGroups(1_000))).toHaveLength(1_000);
    expect(await groupsWith(groups, read, inGroups(1_001))).toBe('groups');
  });

  it('another name than that of the entry, is read', async () => {
    expect(await groupsWith({ ...groups, name: 'description' }, read, ann)).toEqual([`about ${dnOf('a')}`]);
  });

  it('groups outside of the base, do not count', async () => {
    const all = person({ memberOf: [dnOf('a'), 'cn=admins,ou=own,dc=example,dc=org', 'cn=x,xou=groups,dc=example,dc=org'] });
    expect(await groupsWith({ ...groups, baseDn: 'OU=groups, dc=example,dc=org' }, read, all)).toEqual(['a']);
  });

  it('nobody without groups, costs a search for groups', async () => {
    expect(await groupsWith(groups, read)).toEqual([]);
    expect(directory.searches).toHaveLength(1);
  });

  it('a group that there is no more, counts by its name; one that may not be read, lets nobody in', async () => {
    expect(await groupsWith({ ...groups, nested: 1 }, () => ({ code: 32 }), ann)).toEqual(['a']);
    expect(await groupsWith({ ...groups, nested: 1 }, () => ({ code: 50 }), ann)).toBe('groups');
  });

  it.each<[string, FakeEntry, FakeAnswer]>([
    ['the person', person({ 'memberOf;range=0-1499': [dnOf('a')] }), {}],
    ['a group', ann, { entries: [{ dn: dnOf('a'), attributes: { 'memberOf;range=0-1499': [dnOf('b')] } }] }],
  ])('a part of the groups of %s, lets nobody in', async (_name, entry, answer) => {
    expect(await groupsWith({ ...groups, nested: 1 }, () => answer, entry)).toBe('groups');
  });
});
