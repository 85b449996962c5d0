/** An entry: its name, and the values of its attributes. */
export interface SlapdEntry {
  readonly dn: string;
  readonly [attribute: string]: string | readonly (string | Buffer)[];
}

export const suffix = 'dc=example,dc=org';
/** The service account. It alone reads the entries: to anonymous readers the directory is empty. */
export const serviceDn = `cn=service,${suffix}`;
export const servicePassword = 'of the service';

export interface SlapdFiles {
  readonly data: string;
  readonly certificate: string;
  readonly key: string;
}

/** The configuration of slapd (slapd.conf). */
export function configurationOf({ data, certificate, key }: SlapdFiles): string {
  return `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.11.1 NAME 'testPerson' SUP top AUXILIARY MAY objectGUID )
TLSCertificateFile ${certificate}
TLSCertificateKeyFile ${key}
TLSCACertificateFile ${certificate}
database mdb
suffix "${suffix}"
directory ${data}
maxsize 10485760
index objectClass,uid,member eq
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${serviceDn}" read by * none
`;
}

const serviceEntry: SlapdEntry = {
  dn: serviceDn, objectClass: ['applicationProcess', 'simpleSecurityObject'], userPassword: [servicePassword],
};

/** A person with a password, and the name of the groups that hold them. */
export function personEntry(uid: string, password: string, more: Omit<SlapdEntry, 'dn'> = {}): SlapdEntry {
  return {
    dn: personDn(uid), objectClass: ['inetOrgPerson', 'testPerson'], uid: [uid], cn: [`${uid} Person`], sn: ['Person'], givenName: [uid],
    mail: [`${uid}@example.org`], userPassword: [password], ...more,
  };
}

export function groupEntry(cn: string, members: readonly string[], more: Omit<SlapdEntry, 'dn'> = {}): SlapdEntry {
  return { dn: groupDn(cn), objectClass: ['groupOfNames'], member: members, ...more };
}

export function personDn(uid: string): string {
  return `uid=${uid},ou=people,${suffix}`;
}

export function groupDn(cn: string): string {
  return `cn=${cn.replaceAll(',', '\\,')},ou=groups,${suffix}`;
}

/** The service account, the folders, and these entries. */
export function contentOf(...entries: readonly SlapdEntry[]): readonly SlapdEntry[] {
  const folders = ['people', 'groups'].map((ou) => ({ dn: `ou=${ou},${suffix}`, objectClass: ['organizationalUnit'] }));
  return [serviceEntry, ...folders, ...entries];
}
