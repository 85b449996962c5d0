import { isSubject } from '../oidc/claim-checks.ts';
import type { NamedCheck } from '../checks.ts';
import type { DirectoryEntry, Found } from './directory/directory-connection.ts';
import type { LdapConfiguration } from './ldap.types.ts';

/** What a person typed. */
export interface TypedLogin {
  readonly username: string;
  readonly password: string;
}

/** What was found about the person. */
export interface FoundPerson {
  readonly found: Found;
  readonly subjectAttribute: LdapConfiguration['subjectAttribute'];
}

const maxName = 256;
const maxPassword = 1_024;

/** Says no value, because it may be a password that was typed into the wrong field. */
const usernameRight: NamedCheck<TypedLogin> = {
  step: 'username',
  findMismatch: ({ username }) => (Array.from(username).length <= maxName && username.trim() !== '' && !/[\p{Cc}\p{Cs}]/u.test(username)
    ? null : { expected: `a name of 1 to ${maxName} characters without control characters`, received: 'another one' }),
};

/** Nothing but spaces and characters that a directory may ignore (RFC 4013): to it, this may be an empty password. */
const blank = /^[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]*$/u;

/** A bind with an empty password is anonymous (RFC 4513 section 5.1.2), and many directories then report success. */
const passwordUsable: NamedCheck<TypedLogin> = {
  step: 'password-form',
  findMismatch: ({ password }) => (!blank.test(password) && !password.includes('\0') && password.length <= maxPassword
    ? null : { expected: `a password of 1 to ${maxPassword} characters, not blank and without NUL`, received: 'another one' }),
};

const exactlyOne: NamedCheck<FoundPerson> = {
  step: 'entry',
  findMismatch: ({ found: { entries, isShort } }) => (entries.length === 1 && !isShort
    ? null : { expected: 'exactly one entry', received: `${entries.length}${isShort ? ' or more' : ''} entries` }),
};

/** A bind with an empty name is anonymous, and one with the name of a mechanism is of another kind. */
const entryNamed: NamedCheck<FoundPerson> = {
  step: 'entry-name',
  findMismatch: ({ found: { entries: [entry] } }) => (/^\s*[a-z0-9.-]+\s*=[^\0]+$/i.test(entry?.dn ?? '')
    ? null : { expected: 'a distinguished name', received: 'another one' }),
};

const subjectRight: NamedCheck<FoundPerson> = {
  step: 'subject',
  findMismatch: ({ found: { entries: [entry] }, subjectAttribute }) => (entry && isSubject(subjectOf(entry, subjectAttribute))
    ? null : { expected: `${subjectAttribute} once`, received: `${entry?.valuesOf(subjectAttribute).length ?? 0} values` }),
};

export interface AssertedGroups {
  readonly hasMore: boolean;
  /** Whether a person without a matching group may get in. */
  readonly allowsUnmatched: boolean;
}

/** Somebody whose groups are not known gets in only where groups decide nothing. */
const groupsKnown: NamedCheck<AssertedGroups> = {
  step: 'groups',
  findMismatch: ({ hasMore, allowsUnmatched }) => (allowsUnmatched || !hasMore
    ? null : { expected: 'all groups of the person', received: 'more groups than count, or groups that cannot be read' }),
};

/** Every list of checks of a login. Only a test leaves one out, to see which case notices. */
export const ldapChecks = {
  typed: [usernameRight, passwordUsable] as readonly NamedCheck<TypedLogin>[],
  entry: [exactlyOne, entryNamed, subjectRight] as readonly NamedCheck<FoundPerson>[],
  groups: [groupsKnown] as readonly NamedCheck<AssertedGroups>[],
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What names a person for ever: a UUID in small letters, or 16 bytes as hex. Undefined for several values, and for anything else. */
export function subjectOf(entry: DirectoryEntry, attribute: LdapConfiguration['subjectAttribute']): string | undefined {
  const [value, ...others] = entry.valuesOf(attribute);
  if (others.length > 0 || value === undefined) return undefined;
  if (attribute === 'objectGUID') return Buffer.isBuffer(value) && value.length === 16 ? value.toString('hex') : undefined;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return uuid.test(text) ? text : undefined;
}
