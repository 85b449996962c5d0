import type { AttributeMapping } from '../identity.types.ts';

/** The standard claims of OpenID Connect, and what Okta, Entra, Google and Keycloak call groups and roles. */
const claims: AttributeMapping = {
  subject: 'sub',
  email: 'email',
  emailVerified: 'email_verified',
  username: { from: ['preferred_username', 'name'] },
  firstName: 'given_name',
  lastName: 'family_name',
  groups: 'groups',
  roles: { from: ['roles', '/realm_access/roles'] },
};

/** A header has one text, in which groups are separated by commas. */
const headers: AttributeMapping = { subject: 'subject', email: 'email', groups: { from: 'groups', split: ',' } };

/** The mapping of a protocol for targets that a provider does not map itself. An unknown protocol has that of OpenID Connect. */
export function defaultMappingOf(protocol = 'OIDC'): AttributeMapping {
  return protocol === 'HEADER' ? headers : claims;
}
