import { OrFilter, PresenceFilter } from 'ldapts';
import type { DirectoryConnection, DirectoryEntry } from './directory/directory-connection.ts';
import { directoryFailure, isDirectoryRefusal } from './directory/directory-errors.ts';
import { isWithin, nameKeyOf, ownNameOf } from './distinguished-name.ts';
import { fillFilter } from './ldap-filter.ts';
import type { LdapConfiguration, LdapGroups } from './ldap.types.ts';

/** The groups of a person. */
export interface FoundGroups {
  /** Each once. */
  readonly names: readonly string[];
  /** Whether there may be others: more than count, or some that cannot be read. */
  readonly hasMore: boolean;
}

export const maxGroups = 1_000;
/** How many groups one search asks for. */
const batch = 20;
/** The time for the groups of one person, in ms. */
const walkTime = 10_000;

const noSuchObject = 32;

/** The filter with which Active Directory finds nested groups (LDAP_MATCHING_RULE_IN_CHAIN). */
const inChain = '(member:1.2.840.113556.1.4.1941:={dn})';

/** A group that was found, and the distinguished names of the groups above it, as far as they are known by now. */
interface Group {
  readonly dn: string;
  readonly name: string | undefined;
}

interface Level {
  readonly groups: readonly Group[];
  /** What the next level is found by. */
  readonly next: readonly string[];
  readonly isShort: boolean;
}

/** Finds one level: the groups that these members are in. */
type FindLevel = (members: readonly string[], isLast: boolean) => Promise<Level>;

/**
 * Finds the groups of a person, level by level. Each group is visited once, so circles end.
 *
 * Throws a DirectoryFailure and a DirectoryRefusal.
 */
export async function findGroups(
  connection: DirectoryConnection, { groups, baseDn }: LdapConfiguration, person: DirectoryEntry,
): Promise<FoundGroups> {
  if (!groups) return { names: [], hasMore: false };
  const until = performance.now() + walkTime;
  const levels = groups.nested === 'server' ? 0 : groups.nested;
  const findLevel = groups.from === 'search' ? searchLevel(connection, groups, groups.baseDn ?? baseDn) : readLevel(connection, groups);
  const found = new Map<string, Group>();
  let hasMore = groups.from === 'memberOf' && person.isPartial('memberOf');
  let members: readonly string[] = groups.from === 'search' ? [person.dn] : textsOf(person, 'memberOf');
  for (let level = 0; level <= levels && members.length > 0 && !hasMore; level += 1) {
    if (performance.now() > until) throw directoryFailure('timeout');
    const { groups: added, next, isShort } = await findLevel(members.slice(0, maxGroups + 1), level === levels);
    const unknown = added.filter(({ dn }) => !found.has(nameKeyOf(dn)));
    for (const group of unknown) found.set(nameKeyOf(group.dn), group);
    members = groups.from === 'search' ? unknown.map(({ dn }) => dn)
      : [...new Map(next.map((dn) => [nameKeyOf(dn), dn])).values()].filter((dn) => !found.has(nameKeyOf(dn)));
    hasMore = isShort || found.size > maxGroups || unknown.some(({ name }) => name === undefined);
  }
  return { names: [...new Set([...found.values()].flatMap(({ name }) => name ?? []))], hasMore };
}

/** Finds the groups that name the members. */
function searchLevel(connection: DirectoryConnection, { filter, name, nested }: LdapGroups, baseDn: string): FindLevel {
  const usual = nested === 'server' ? inChain : '(member={dn})';
  return async (members) => {
    const groups: Group[] = [];
    for (let first = 0; first < members.length; first += batch) {
      const filters = members.slice(first, first + batch).map((dn) => fillFilter(filter ?? usual, 'dn', dn));
      const { entries, isShort } = await connection.search({
        baseDn, scope: 'sub', filter: new OrFilter({ filters }), attributes: [name === 'dn' ? '1.1' : name], sizeLimit: maxGroups + 1,
      });
      groups.push(...entries.map((entry) => ({ dn: entry.dn, name: nameOf(entry, name) })));
      if (isShort || groups.length > maxGroups) return { groups, next: [], isShort: true };
    }
    return { groups, next: [], isShort: false };
  };
}

/** Reads the groups that an attribute names. They are not read if their names say all that is needed. */
function readLevel(connection: DirectoryConnection, { name, baseDn }: LdapGroups): FindLevel {
  /** Undefined for a group that there is no more. Null for one that the service account may not read. */
  async function read(dn: string): Promise<DirectoryEntry | undefined | null> {
    try {
      const { entries } = await connection.search({
        baseDn: dn, scope: 'base', filter: new PresenceFilter({ attribute: 'objectClass' }), attributes: ['memberOf', name], sizeLimit: 1,
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
