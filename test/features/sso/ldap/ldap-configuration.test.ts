import { ldapConfigurationShape, ldapFaults } from '../../../../src/features/sso/ldap/ldap-configuration.ts';
import type { LdapConfiguration } from '../../../../src/features/sso/ldap/ldap.types.ts';
import { createAuthority } from '../../../support/sso/ldap/certificates.ts';

const authority = createAuthority();
const good: LdapConfiguration = {
  urls: ['ldaps://one.example.org', 'ldaps://two.example.org:1636/', 'ldaps://[2001:db8::1]'], ca: authority.certificate.repeat(2),
  serverName: 'ldap.example.org', bindDn: 'cn=service,dc=example,dc=org', baseDn: 'ou=people,dc=example,dc=org',
  userFilter: '(uid={username})', subjectAttribute: 'entryUUID',
  groups: { from: 'search', baseDn: 'ou=groups,dc=example,dc=org', filter: '(member={dn})', name: 'cn', nested: 10 },
};
const groups = { from: 'search', name: 'cn', nested: 0 } as const;
/** The fields with a fault. */
const faultsOf = (sent: object, allowsPlain = false): string[] => {
  const { data, error } = ldapConfigurationShape.safeParse(sent);
  if (error) return error.issues.map(({ path }) => String(path[0]));
  return Object.entries(ldapFaults(data, allowsPlain)).flatMap(([name, fault]) => (fault === undefined ? [] : [name]));
};
const plain = { urls: ['ldap://one.example.org'], ca: undefined, serverName: undefined };
const changed = (change: object): object => Object.fromEntries(
  Object.entries({ ...good, ...change }).filter(([, value]: [string, unknown]) => value !== undefined));

describe('ldapConfigurationShape and ldapFaults', () => {
  it.each<[string, object]>([
    ['everything', {}], ['StartTLS', { urls: ['ldap://one.example.org:1389'], startTls: true }], ['no groups', { groups: undefined }],
    ['objectGUID, and groups that the server finds', { subjectAttribute: 'objectGUID', groups: { ...groups, nested: 'server' } }],
    ['a user name of Active Directory', { bindDn: 'service@example.org' }], ['memberOf', { groups: { ...groups, from: 'memberOf' } }],
  ])('%s, is accepted', (_name, change) => {
    expect(faultsOf(changed(change))).toEqual([]);
  });

  it('ldap without encryption, is accepted outside production alone', () => {
    expect(faultsOf(changed(plain), true)).toEqual([]);
    expect(faultsOf(changed(plain))).toEqual(['urls']);
  });

  it.each<[string, object, string]>([
    ['no address', { urls: [] }, 'urls'], ['four addresses', { urls: [1, 2, 3, 4].map((n) => `ldaps://${n}.example.org`) }, 'urls'],
    ['the same address twice', { urls: ['ldaps://a.org', 'ldaps://a.org'] }, 'urls'], ['https', { urls: ['https://a.org'] }, 'urls'],
    ['a path', { urls: ['ldaps://a.org/dc=org'] }, 'urls'], ['a query', { urls: ['ldaps://a.org?x'] }, 'urls'],
    ['a user', { urls: ['ldaps://u:p@a.org'] }, 'urls'], ['no host', { urls: ['ldaps://'] }, 'urls'],
    ['a port that there is not', { urls: ['ldaps://a.org:65536'] }, 'urls'], ['capital letters', { urls: ['LDAPS://a.org'] }, 'urls'],
    ['ldap beside ldaps', { urls: ['ldaps://a.org', 'ldap://b.org'], ca: undefined, serverName: undefined }, 'urls'],
    ['StartTLS on ldaps', { startTls: true }, 'urls'],
    ['an authority without encryption', { urls: plain.urls, serverName: undefined }, 'ca'],
    ['a name without encryption', { urls: plain.urls, ca: undefined }, 'serverName'],
    ['a certificate of no authority', { ca: authority.issue('a.org').certificate }, 'ca'],
    ['text beside the certificate', { ca: `x${authority.certificate}` }, 'ca'], ['no certificate', { ca: '' }, 'ca'],
    ['a broken certificate', { ca: authority.certificate.replace(/[A-Z]{2}/, '') }, 'ca'],
    ['an address as a name', { serverName: 'a.org:636' }, 'serverName'],
    ['no name of the service', { bindDn: '' }, 'bindDn'], ['the name of a mechanism', { bindDn: 'EXTERNAL' }, 'bindDn'],
    ['no base', { baseDn: '' }, 'baseDn'], ['a base that is no name', { baseDn: 'example.org' }, 'baseDn'],
    ['a base with NUL', { baseDn: 'dc=org\0' }, 'baseDn'],
    ['a filter without a name', { userFilter: '(uid=ann)' }, 'userFilter'],
    ['an open filter', { userFilter: '(uid={username}' }, 'userFilter'],
    ['another subject', { subjectAttribute: 'uid' }, 'subjectAttribute'], ['an unknown field', { password: 'x' }, 'undefined'],
    ['11 levels', { groups: { ...groups, nested: 11 } }, 'groups'], ['half a level', { groups: { ...groups, nested: 0.5 } }, 'groups'],
    ['a name that is no attribute', { groups: { ...groups, name: 'cn)(a' } }, 'groups'],
    ['a filter of groups without a member', { groups: { ...groups, filter: '(cn=a)' } }, 'groups'],
    ['a filter of groups with a name', { groups: { ...groups, filter: '(&(member={dn})(cn={username}))' } }, 'groups'],
    ['a filter beside memberOf', { groups: { ...groups, from: 'memberOf', filter: '(member={dn})' } }, 'groups'],
    ['memberOf that the server follows', { groups: { ...groups, from: 'memberOf', nested: 'server' } }, 'groups'],
  ])('%s, is a fault of its field', (_name, change, field) => {
    expect(new Set(faultsOf(changed(change), true))).toEqual(new Set([field]));
  });
});
