import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { filterFault } from './ldap-filter.ts';
import { directoryAddressOf } from './directory/directory-address.ts';
import type { LdapConfiguration } from './ldap.types.ts';

const text = (max: number) => z.string('must be a string').min(1, 'must not be empty').max(max)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not have control characters');
const distinguishedName = text(1_000).regex(/^\s*[a-z0-9.-]+\s*=[^]+$/i, 'must be a distinguished name, such as ou=people,dc=example,dc=org');
/** A name that the library takes for a mechanism, such as EXTERNAL, is none of these. */
const bindName = text(1_000).regex(/[=@\\]/, 'must be a distinguished name, or user@domain');

const groups = z.object({
  from: z.enum(['memberOf', 'search']),
  baseDn: distinguishedName.exactOptional(),
  filter: text(1_000).exactOptional(),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/i, 'must be the name of an attribute'),
  nested: z.union([z.number().int().min(0).max(10), z.literal('server')], 'must be a number from 0 to 10, or server'),
}).strict();

/** The configuration of a directory, as it is stored and answered. {@link ldapFaults} has the rules between its parts. */
export const ldapConfigurationShape = z.object({
  urls: z.array(text(300)).min(1).max(3).readonly(),
  startTls: z.boolean().exactOptional(),
  ca: z.string().max(50_000).exactOptional(),
  serverName: z.string().regex(/^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'must be a host name, in small letters').exactOptional(),
  bindDn: bindName,
  baseDn: distinguishedName,
  userFilter: text(1_000),
  subjectAttribute: z.enum(['entryUUID', 'objectGUID']),
  groups: groups.exactOptional(),
}).strict() satisfies z.ZodType<LdapConfiguration>;

/**
 * The faults of a configuration by its fields, each as the rest of a sentence.
 *
 * `allowsPlain`: whether connections may be without encryption, which they never are in production.
 */
export function ldapFaults(
  { urls, startTls = false, ca, serverName, userFilter, groups: asked }: LdapConfiguration, allowsPlain: boolean,
): Record<string, string | undefined> {
  const isEncrypted = startTls || urls.every((url) => url.startsWith('ldaps:'));
  const badUrls = urlsFault(urls, startTls);
  const withoutTls = isEncrypted || badUrls !== undefined ? undefined : 'needs ldaps or startTls';
  return {
    urls: badUrls ?? (isEncrypted || allowsPlain ? undefined : 'must be ldaps, or ldap with startTls'),
    ca: ca === undefined ? undefined : withoutTls ?? certificatesFault(ca),
    serverName: serverName === undefined ? undefined : withoutTls,
    userFilter: filterFault(userFilter, 'username'),
    groups: asked && groupsFault(asked),
  };
}

function urlsFault(urls: readonly string[], startTls: boolean): string | undefined {
  const addresses = urls.map(directoryAddressOf);
  if (addresses.some((address) => address === undefined)) return 'must be ldaps://host or ldap://host, with or without a port, in small letters';
  if (new Set(urls).size < urls.length) return 'must differ';
  const schemes = new Set(addresses.map((address) => address?.isSecure));
  if (schemes.size > 1) return 'must all be ldaps, or all ldap';
  return startTls && schemes.has(true) ? 'must be ldap if startTls is true' : undefined;
}

function groupsFault({ from, filter, nested }: NonNullable<LdapConfiguration['groups']>): string | undefined {
  if (from === 'memberOf' && filter !== undefined) return 'must have a filter only if they come from a search';
  if (from === 'memberOf' && nested === 'server') return 'must come from a search if the server finds nested ones';
  const fault = filter === undefined ? undefined : filterFault(filter, 'dn');
  return fault && `must have a filter that is right: it ${fault}`;
}

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

function certificatesFault(pem: string): string | undefined {
  const found = pem.match(block) ?? [];
  const isClean = found.length >= 1 && found.length <= 20 && pem.replaceAll(block, '').trim() === '';
  return isClean && found.every(isAuthority) ? undefined : 'must be 1 to 20 certificates of authorities, in PEM, and nothing else';
}

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}
