import { OrFilter, PresenceFilter } from 'ldapts';
import type { DirectoryConnection, DirectoryEntry } from './directory/directory-connection.ts';
import { directoryFailure, isDirectoryRefusal } from './directory/directory-errors.ts';
import { isWithin, dnKeyOf, ownNameOf } from './distinguished-name.ts';
import { fillFilter } from './ldap-filter.ts';
import type { LdapConfiguration, LdapGroups } from './ldap.types.ts';

/** The groups of a person. */
export interface FoundGroups {
  /** Each once. */
  readonly names: readonly string[];
  /** Whether there may be others: more than count, or some that cannot be read. */
  readonly hasMore: boolean;
}

const maxGroups = 1_000;
/** How many groups one search asks for. */
const batch = 20;
/** The time in which a search for the groups of one person may begin, in ms. */
const walkTime = 10_000;

const noSuchObject = 32;

/** The filter with which Active Directory finds nested groups (LDAP_MATCHING_RULE_IN_CHAIN). */
const inChain = '(member:1.2.840.113556.1.4.1941:={dn})';

interface Group {
  readonly dn: string;
  readonly name: string | undefined;
}

interface Level {
  readonly groups: readonly Group[];
  /** The members of which the next level is found. */
  readonly next: readonly string[];
  readonly isShort: boolean;
}

type Search = DirectoryConnection['search'];

/** Finds one level: the groups that these members are in. */
type FindLevel = (members: readonly string[], isLast: boolean) => Promise<Level>;

/**
 * Finds the groups of a person, level by level. Each group is visited once, so circles end.
 *
 * Throws a DirectoryFailure and a DirectoryRefusal.
 */
export async function findGroups(
  connection: Pick<DirectoryConnection, 'search'>, { groups, baseDn }: Pick<LdapConfiguration, 'groups' | 'baseDn'>, person: DirectoryEntry,
  time = walkTime,
): Promise<FoundGroups> {
  if (!groups) return { names: [], hasMore: false };
  const until = performance.now() + time;
  const search: Search = async (options) => {
    if (performance.now() > until) throw directoryFailure('timeout');
    return connection.search(options);
  };
  const levels = groups.nested === 'server' ? 0 : groups.nested;
  const findLevel = groups.from === 'search' ? searchLevel(search, groups, groups.baseDn ?? baseDn) : readLevel(search, groups);
  const found = new Map<string, Group>();
  const asked = new Set<string>();
  let hasMore = groups.from === 'memberOf' && person.isPartial('memberOf');
  let members: readonly string[] = groups.from === 'search' ? [person.dn] : textsOf(person, 'memberOf');
  for (let level = 0; level <= levels && members.length > 0 && !hasMore; level += 1) {
    for (const dn of members) asked.add(dnKeyOf(dn));
    const { groups: added, next, isShort } = await findLevel(members.slice(0, maxGroups + 1), level === levels);
    for (const group of added) found.set(dnKeyOf(group.dn), group);
    members = [...new Map(next.map((dn) => [dnKeyOf(dn), dn])).values()].filter((dn) => !asked.has(dnKeyOf(dn)));
    hasMore = isShort || found.size > maxGroups || added.some(({ name }) => name === undefined);
  }
  return { names: [...new Set([...found.values()].flatMap(({ name }) => name ?? []))], hasMore };
}

/** Finds the groups that name the members. */
function searchLevel(search: Search, { filter, name, nested }: LdapGroups, baseDn: string): FindLevel {
  const usual = nested === 'server' ? inChain : '(member={dn})';
  return async (members) => {
    const groups = new Map<string, Group>();
    const level = (isShort: boolean) => ({ groups: [...groups.values()], next: [...groups.values()].map(({ dn }) => dn), isShort });
    for (let first = 0; first < members.length; first += batch) {
      const filters = members.slice(first, first + batch).map((dn) => fillFilter(filter ?? usual, 'dn', dn));
      const { entries, isShort } = await search({
        baseDn, scope: 'sub', filter: new OrFilter({ filters }), attributes: [name === 'dn' ? '1.1' : name], sizeLimit: maxGroups + 1,
      });
      for (const entry of entries) groups.set(dnKeyOf(entry.dn), { dn: entry.dn, name: nameOf(entry, name) });
      if (isShort || groups.size > maxGroups) return level(true);
    }
    return level(false);
  };
}

/** Reads the groups that an attribute names. They are not read if their names say all that is needed. */
function readLevel(search: Search, { name, baseDn }: LdapGroups): FindLevel {
  /** Undefined for a group that there is no more. Null for one that the service account may not read. */
  async function read(dn: string): Promise<DirectoryEntry | undefined | null> {
    try {
      const { entries } = await search({
        baseDn: dn, scope: 'base', filter: new PresenceFilter({ attribute: 'objectClass' }), sizeLimit: 1,
        attributes: ['memberOf', ...(name === 'dn' ? [] : [name])],
      });
      return entries[0];
    } catch (error) {
      if (isDirectoryRefusal(error)) return error.resultCode === noSuchObject ? undefined : null;
      throw error;
    }
  }

  return async (members, isLast) => {
    const groups: Group[] = [];
    const next: string[] = [];
    for (const dn of members.filter((member) => baseDn === undefined || isWithin(member, baseDn))) {
      const own = name === 'dn' ? dn : ownNameOf(dn, name);
      const entry = isLast && own !== undefined ? undefined : await read(dn);
      if (entry === null || entry?.isPartial('memberOf')) return { groups, next, isShort: true };
      groups.push({ dn, name: own ?? (entry && nameOf(entry, name)) });
      next.push(...(entry ? textsOf(entry, 'memberOf') : []));
    }
    return { groups, next, isShort: false };
  };
}

/** A group that has several names is that by which its distinguished name calls it. */
function nameOf(entry: DirectoryEntry, name: string): string | undefined {
  return name === 'dn' ? entry.dn : ownNameOf(entry.dn, name) ?? textsOf(entry, name)[0];
}

function textsOf(entry: DirectoryEntry, attribute: string): string[] {
  return entry.valuesOf(attribute).filter((value) => typeof value === 'string');
}
