import type { AssertedPerson } from '../../identities/identity.types.ts';
import { allHold, runChecks } from '../checks.ts';
import type { CheckedStep } from '../checks.ts';
import { realmOf } from '../realm.ts';
import type { Directory } from './directory/directory.ts';
import type { DirectoryEntry, Found } from './directory/directory-connection.ts';
import { describeDirectory, isDirectoryFailure, isDirectoryRefusal } from './directory/directory-errors.ts';
import { directoryAddressOf } from './directory/directory-address.ts';
import { dnKeyOf } from './distinguished-name.ts';
import { ldapChecks, subjectOf } from './ldap-checks.ts';
import type { TypedLogin } from './ldap-checks.ts';
import { fillFilter } from './ldap-filter.ts';
import { findGroups } from './ldap-groups.ts';
import type { FoundGroups } from './ldap-groups.ts';
import type { LdapConfiguration, LdapProvider } from './ldap.types.ts';

export interface LdapOrder extends TypedLogin {
  readonly provider: LdapProvider;
  readonly directory: Directory;
  /** The attributes that the mapping reads. */
  readonly attributes: readonly string[];
}

/** "unreachable": the directory gave no answer, which says nothing about the person. */
export type LdapVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly person: AssertedPerson }
  | { readonly ok: false; readonly steps: readonly CheckedStep[]; readonly because: 'refused' | 'unreachable' };

/**
 * Judges a name and a password by the directory of a provider: finds exactly one entry for the name, binds as this entry on a new
 * connection, and finds its groups.
 *
 * Never throws for what the person typed or the directory did: the last step names what did not hold. A name or a password that must
 * not be sent is refused before there is any connection.
 */
export async function judgeLdapLogin(order: LdapOrder, checks = ldapChecks): Promise<LdapVerdict> {
  const { provider: { configuration, provisioning }, directory, password } = order;
  const { subjectAttribute } = configuration;
  const typed = await runChecks(checks.typed, order);
  if (!allHold(typed)) return { ok: false, steps: typed, because: 'refused' };
  const searched = await attempt('search', () => findPerson(order));
  if (!searched.ok) return refused(typed, searched);
  const entrySteps = await runChecks(checks.entry, { found: searched.value, subjectAttribute });
  const steps = [...typed, ...searched.steps, ...entrySteps];
  const [entry] = searched.value.entries;
  if (!allHold(entrySteps) || !entry) return { ok: false, steps, because: 'refused' };
  const bound = await attempt('password', () => directory.bindAs(entry.dn, password));
  if (!bound.ok) return refused(steps, bound);
  const walked = await attempt('group-search', () => groupsOf(order, entry));
  if (!walked.ok) return refused([...steps, ...bound.steps], walked);
  const { names, hasMore } = walked.value;
  const groupSteps = await runChecks(checks.groups, { hasMore, allowsUnmatched: provisioning.unmatched === 'default' });
  const all = [...steps, ...bound.steps, ...walked.steps, ...groupSteps];
  const subject = subjectOf(entry, subjectAttribute);
  if (!allHold(groupSteps) || subject === undefined) return { ok: false, steps: all, because: 'refused' };
  const claims = { ...attributesOf(entry, order.attributes), subject, groups: names };
  return { ok: true, steps: all, person: { realm: ldapRealmOf(configuration), subject, claims, hasMoreGroups: hasMore } };
}

/**
 * The realm of the persons of a directory. It is that of `serverName` or, without one, of the hosts of all addresses.
 *
 * So servers can be added and removed under one `serverName`, and without one, other servers are another directory.
 */
function ldapRealmOf({ urls, serverName, baseDn, subjectAttribute }: LdapConfiguration): string {
  const hosts = serverName ?? [...new Set(urls.map((url) => directoryAddressOf(url)?.host ?? url))].sort().join(' ');
  return realmOf(`ldap ${hosts} ${dnKeyOf(baseDn)}`, subjectAttribute);
}

type Attempt<T> =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly value: T }
  | { readonly ok: false; readonly steps: readonly CheckedStep[]; readonly because: 'refused' | 'unreachable' };

/** Does one step at the directory. A directory that gives no answer fails at the step `directory`. */
async function attempt<T>(step: string, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, steps: [{ step, ok: true }], value: await work() };
  } catch (error) {
    if (isDirectoryRefusal(error)) {
      return { ok: false, because: 'refused', steps: [{ step, ok: false, expected: 'success', received: describeDirectory(error) }] };
    }
    if (!isDirectoryFailure(error)) throw error;
    const failed = { step: 'directory', ok: false, expected: 'an answer of the directory', received: describeDirectory(error) };
    return { ok: false, because: 'unreachable', steps: [failed] };
  }
}

function refused(before: readonly CheckedStep[], { steps, because }: Extract<Attempt<unknown>, { ok: false }>): LdapVerdict {
  return { ok: false, steps: [...before, ...steps], because };
}

function findPerson({ provider: { configuration }, directory, username, attributes }: LdapOrder): Promise<Found> {
  const { baseDn, userFilter, subjectAttribute, groups } = configuration;
  const wanted = new Set([...readable(attributes), subjectAttribute, ...(groups?.from === 'memberOf' ? ['memberOf'] : [])]);
  return directory.ask(async (connection) => {
    const found = await connection.search({
      baseDn, scope: 'sub', filter: fillFilter(userFilter, 'username', username), attributes: [...wanted], binary: ['objectGUID'],
      sizeLimit: 2, // one more than there may be
    });
    return { value: found, isCertain: found.entries.length > 0 };
  });
}

function groupsOf({ provider: { configuration }, directory }: LdapOrder, entry: DirectoryEntry): Promise<FoundGroups> {
  const { groups } = configuration;
  const isInNone = groups?.from === 'memberOf' && entry.valuesOf('memberOf').length === 0 && !entry.isPartial('memberOf');
  if (!groups || isInNone) return Promise.resolve({ names: [], hasMore: false });
  return directory.ask(async (connection) => {
    const value = await findGroups(connection, configuration, entry);
    return { value, isCertain: value.names.length > 0 && !value.hasMore };
  });
}

/** Attributes that hold secrets of the person. A service account may be able to read them. */
const secret = /^(?:userPassword|unicodePwd|authPassword|krbPrincipalKey|samba(?:NT|LM)Password|(?:dbcs|nt|lm)Pwd(?:History)?|pwdHistory)$/i;
/** The claims that are no attributes, and the name under which the library keeps the distinguished name. */
const ours: readonly string[] = ['subject', 'groups', 'dn'];

function readable(attributes: readonly string[]): string[] {
  return attributes.filter((name) => /^[a-z][a-z0-9-]{0,63}$/i.test(name) && !secret.test(name) && !ours.includes(name.toLowerCase()));
}

/** The texts of the attributes by the names that were asked for: one value as a text, several as a list. */
function attributesOf(entry: DirectoryEntry, attributes: readonly string[]): Record<string, string | readonly string[]> {
  return Object.fromEntries(readable(attributes).flatMap((name) => {
    const values = entry.valuesOf(name).filter((value) => typeof value === 'string');
    const [only, ...others] = values;
    return only === undefined ? [] : [[name, others.length === 0 ? only : values]];
  }));
}
