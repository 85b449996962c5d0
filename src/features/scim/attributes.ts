import type { Attribute, ResourceType, ScimSchema } from './scim.types.ts';

/** How many members one operation can name. */
const maxMembersGiven = 1_000;
const maxMembers = 10_000;

/** An attribute with the usual characteristics (RFC 7643, section 2.2), and those of `rest`. */
function attribute(name: string, description: string, rest: Partial<Attribute> = {}): Attribute {
  return {
    name, description, type: 'string', multiValued: false, required: false, caseExact: false, mutability: 'readWrite',
    returned: 'default', uniqueness: 'none', subAttributes: [], maxValues: 20, maxGiven: 20, ...rest,
  };
}

/** The attributes of every resource (RFC 7643, section 3.1). Schemas do not list them. */
export const commonAttributes: readonly Attribute[] = [
  attribute('id', 'The id of the resource in Gatehouse.', {
    caseExact: true, mutability: 'readOnly', returned: 'always', uniqueness: 'server',
  }),
  attribute('externalId', 'The id of the resource in the directory of the client.', { caseExact: true }),
  attribute('meta', 'What the server knows about the resource.', {
    type: 'complex', mutability: 'readOnly', subAttributes: [
      attribute('resourceType', 'The name of the resource type.', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When the resource was created.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When the resource last changed.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'The URL of the resource.', { type: 'reference', caseExact: true, mutability: 'readOnly' }),
    ],
  }),
];

const userSchema: ScimSchema = {
  urn: 'urn:ietf:params:scim:schemas:core:2.0:User', name: 'User', description: 'A person.',
  attributes: [
    attribute('userName', 'The name with which the person logs in at the directory.', { required: true, uniqueness: 'server' }),
    attribute('name', 'The parts of the name.', {
      type: 'complex', subAttributes: [
        attribute('formatted', 'The whole name, as it is shown.'),
        attribute('familyName', 'The family name.'),
        attribute('givenName', 'The given name.'),
      ],
    }),
    attribute('displayName', 'The name that is shown to others.'),
    attribute('active', 'Whether the person may log in.', { type: 'boolean' }),
    attribute('emails', 'The e-mail addresses.', {
      type: 'complex', multiValued: true, subAttributes: [
        attribute('value', 'The address.'),
        attribute('type', 'What the address is for.', { canonicalValues: ['work', 'home', 'other'] }),
        attribute('primary', 'Whether this is the preferred address. At most one is.', { type: 'boolean' }),
      ],
    }),
  ],
};

const enterpriseSchema: ScimSchema = {
  urn: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', name: 'Enterprise User', description: 'A person in a company.',
  attributes: [
    attribute('employeeNumber', 'The number of the person in the company.'),
    attribute('organization', 'The name of the company.'),
    attribute('department', 'The name of the department.'),
  ],
};

const groupSchema: ScimSchema = {
  urn: 'urn:ietf:params:scim:schemas:core:2.0:Group', name: 'Group', description: 'A group of persons.',
  attributes: [
    attribute('displayName', 'The name of the group. Role mappings use it.', { required: true, uniqueness: 'server' }),
    attribute('members', 'The persons in the group.', {
      type: 'complex', multiValued: true, maxValues: maxMembers, maxGiven: maxMembersGiven, subAttributes: [
        attribute('value', 'The id of the user.', { caseExact: true, required: true, mutability: 'immutable' }),
        attribute('$ref', 'The URL of the user.', {
          type: 'reference', caseExact: true, mutability: 'immutable', referenceTypes: ['User'],
        }),
      ],
    }),
  ],
};

export const userResource: ResourceType = {
  name: 'User', endpoint: '/Users', description: 'The persons whom the client has provisioned.', schema: userSchema,
  extensions: [enterpriseSchema],
};

export const groupResource: ResourceType = {
  name: 'Group', endpoint: '/Groups', description: 'The groups of these persons.', schema: groupSchema, extensions: [],
};

export const resourceTypes: readonly ResourceType[] = [userResource, groupResource];

/**
 * Attributes of RFC 7643 that Gatehouse does not keep. Directories send them by default, so a PATCH of one succeeds without effect, as it
 * does in the body of a POST. `password` and `roles` are among them: SCIM never writes a password or a role here.
 */
export const ignoredAttributes: ReadonlySet<string> = new Set([
  'nickname', 'profileurl', 'title', 'usertype', 'preferredlanguage', 'locale', 'timezone', 'password', 'phonenumbers', 'ims', 'photos',
  'addresses', 'entitlements', 'roles', 'x509certificates', 'costcenter', 'division', 'manager',
]);

/** Attributes that no client can write, beside those of the table with the mutability `readOnly`. */
export const readOnlyNames: ReadonlySet<string> = new Set(['schemas', 'groups']);
