import { resourceTypes } from '../attributes.ts';
import type { Attribute, ResourceType, ScimSchema } from '../scim.types.ts';
import { maxCount } from './list-response.ts';
import type { ScimAnswer } from './write-resource.ts';

/** What the server supports (RFC 7643, section 5). */
export function describeService(baseUrl: string): ScimAnswer {
  const off = { supported: false };
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true }, bulk: { ...off, maxOperations: 0, maxPayloadSize: 0 }, filter: { supported: true, maxResults: maxCount },
    changePassword: off, sort: off, etag: off,
    authenticationSchemes: [{
      type: 'oauthbearertoken', name: 'SCIM token', description: 'A token of the identity provider in the header Authorization: Bearer.',
      primary: true,
    }],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

/** The resource types (RFC 7643, section 6). */
export function describeResourceTypes(baseUrl: string): readonly ScimAnswer[] {
  return resourceTypes.map(({ name, endpoint, description, schema, extensions }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], id: name, name, endpoint, description, schema: schema.urn,
    ...(extensions.length > 0 && { schemaExtensions: extensions.map(({ urn }) => ({ schema: urn, required: false })) }),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  }));
}

/** The schemas (RFC 7643, section 7), written from the attribute table. */
export function describeSchemas(baseUrl: string): readonly ScimAnswer[] {
  return resourceTypes.flatMap(schemasOf).map(({ urn, name, description, attributes }) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'], id: urn, name, description, attributes: attributes.map(describeAttribute),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${urn}` },
  }));
}

function schemasOf({ schema, extensions }: ResourceType): readonly ScimSchema[] {
  return [schema, ...extensions];
}

function describeAttribute({ subAttributes, maxValues: _values, maxGiven: _given, type, ...characteristics }: Attribute): ScimAnswer {
  const { caseExact, uniqueness, ...ofAll } = characteristics;
  return {
    type, ...ofAll, ...(type === 'string' || type === 'reference' ? { caseExact, uniqueness } : {}),
    ...(type === 'complex' && { subAttributes: subAttributes.map(describeAttribute) }),
  };
}
