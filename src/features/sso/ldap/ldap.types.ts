import type { UsableProvider } from '../provider.types.ts';

/** Where the groups of a person come from. */
export interface LdapGroups {
  /** "memberOf": an attribute of persons and groups names them. "search": a search finds the groups that name a person. */
  readonly from: 'memberOf' | 'search';
  /** Groups outside of it do not count. By default that of the persons. */
  readonly baseDn?: string;
  /** Finds the groups that have `{dn}` as a member. For "search" alone; by default `(member={dn})`. */
  readonly filter?: string;
  /** The attribute that names a group; `dn` is its whole distinguished name. */
  readonly name: string;
  /** How many levels of groups within groups count. "server": the server finds them (Active Directory). */
  readonly nested: number | 'server';
}

export interface LdapConfiguration {
  /** `ldaps://host:port` or `ldap://host:port`. The next one is asked if one cannot be reached. */
  readonly urls: readonly string[];
  /** Whether a connection to an `ldap://` address becomes encrypted before anything else is sent. */
  readonly startTls?: boolean;
  /** Certificates in PEM. They replace those of the system. */
  readonly ca?: string;
  /** The name in the certificate; by default the host of the address. */
  readonly serverName?: string;
  /** Who searches: a distinguished name, or what Active Directory takes for one (`user@domain`). */
  readonly bindDn: string;
  readonly baseDn: string;
  /** Finds the person whose name is `{username}`. */
  readonly userFilter: string;
  readonly subjectAttribute: 'entryUUID' | 'objectGUID';
  readonly groups?: LdapGroups;
}

/** A provider whose directory is asked. */
export interface LdapProvider extends Pick<UsableProvider, '_id' | 'revision' | 'provisioning'> {
  readonly configuration: LdapConfiguration;
  /** `bindPassword` is that of the service account. */
  readonly secrets: Readonly<Record<string, string>>;
}
