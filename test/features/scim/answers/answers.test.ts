import { groupResource, resourceTypes, userResource } from '../../../../src/features/scim/attributes.ts';
import { describeResourceTypes, describeSchemas, describeService } from '../../../../src/features/scim/answers/discovery.ts';
import { readListQuery, readSearchRequest, writeList } from '../../../../src/features/scim/answers/list-response.ts';
import { readProjection } from '../../../../src/features/scim/answers/projection.ts';
import type { ProjectionRequest } from '../../../../src/features/scim/answers/projection.ts';
import { resourceUrl, writeResource } from '../../../../src/features/scim/answers/write-resource.ts';
import { invalidValue, ScimError, scimErrorBody } from '../../../../src/features/scim/scim-error.ts';
import type { ScimResource } from '../../../../src/features/scim/scim.types.ts';
import { enterpriseUrn, groupUrn, kindOf, userUrn } from '../scim-faults.ts';

const baseUrl = 'https://gatehouse.example/scim/v2';
const at = new Date('2026-01-02T03:04:05.678Z');
const ann: ScimResource = {
  id: '1', createdAt: at, changedAt: at,
  values: {
    userName: 'ann', externalId: 'a-1', name: { familyName: 'Li', givenName: 'Ann' }, active: false, department: 'R&D', employeeNumber: '7',
    emails: [{ value: 'ann@example.com', type: 'work', primary: true }, { value: 'a@home.example' }],
  },
};
const answer = {
  schemas: [userUrn, enterpriseUrn], id: '1', externalId: 'a-1', userName: 'ann', name: { familyName: 'Li', givenName: 'Ann' },
  active: false, emails: [{ value: 'ann@example.com', type: 'work', primary: true }, { value: 'a@home.example' }],
  [enterpriseUrn]: { employeeNumber: '7', department: 'R&D' },
  meta: {
    resourceType: 'User', created: '2026-01-02T03:04:05.678Z', lastModified: '2026-01-02T03:04:05.678Z',
    location: 'https://gatehouse.example/scim/v2/Users/1',
  },
};
const shown = (request: ProjectionRequest) => (
  writeResource(userResource, ann, { baseUrl, projection: readProjection(userResource, request) }));

describe('a resource in an answer', () => {
  it('has its schemas, and attributes of the extension under its URN', () => {
    expect(writeResource(userResource, ann, { baseUrl })).toEqual(answer);
    expect(shown({})).toEqual(answer);
    expect(writeResource(userResource, { ...ann, values: { userName: 'ann' } }, { baseUrl })['schemas']).toEqual([userUrn]);
  });

  it('of a group, names its members by id and URL', () => {
    const { members } = writeResource(groupResource, { ...ann, values: { displayName: 'Team', members: [{ value: '1' }] } }, { baseUrl });
    expect(members).toEqual([{ value: '1', $ref: resourceUrl(userResource, '1', baseUrl) }]);
  });

  it.each([
    ['one attribute', { attributes: 'userName' }, { userName: 'ann' }],
    ['several, in any letter case, with spaces', { attributes: 'USERNAME, active' }, { userName: 'ann', active: false }],
    ['a list of names', { attributes: ['userName', `${userUrn}:active`] }, { userName: 'ann', active: false }],
    ['a sub-attribute', { attributes: 'name.givenName' }, { name: { givenName: 'Ann' } }],
    ['a sub-attribute of several values', { attributes: 'emails.type' }, { emails: [{ type: 'work' }] }],
    ['the extension', { attributes: enterpriseUrn },
      { schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: { employeeNumber: '7', department: 'R&D' } }],
    ['an attribute of it', { attributes: `${enterpriseUrn}:department` },
      { schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: { department: 'R&D' } }],
    ['a part of one, and another', { attributes: 'name.givenName,emails' }, { name: { givenName: 'Ann' }, emails: answer.emails }],
    ['a part of meta', { attributes: 'meta.resourceType' }, { meta: { resourceType: 'User' } }],
    ['unknown names', { attributes: 'password,roles,constructor,__proto__,department' }, {}],
    ['no name', { attributes: '' }, {}],
  ])('with attributes of %s, has these and the id', (_case, request, expected) => {
    expect(shown(request)).toEqual({ schemas: [userUrn], id: '1', ...expected });
  });

  it.each([
    ['an attribute', 'userName', { userName: undefined }],
    ['a sub-attribute', 'name.givenName', { name: { familyName: 'Li' } }],
    ['a sub-attribute of several values', 'emails.value,emails.primary', { emails: [{ type: 'work' }] }],
    ['all of a value', 'name.givenName,name.familyName', { name: undefined }],
    ['the extension', enterpriseUrn, { schemas: [userUrn], [enterpriseUrn]: undefined }],
    ['an attribute of it', `${enterpriseUrn}:department`, { [enterpriseUrn]: { employeeNumber: '7' } }],
    ['meta', 'meta', { meta: undefined }],
    ['the id', 'id,schemas', {}],
  ])('without %s, has all others', (_case, excludedAttributes, change) => {
    const expected = Object.fromEntries(Object.entries({ ...answer, ...change }).filter(([, value]) => value !== undefined));
    expect(shown({ excludedAttributes })).toEqual(expected);
  });

  it('with both parameters, or 101 names, is refused', () => {
    expect(kindOf(() => shown({ attributes: 'id', excludedAttributes: 'name' }))).toEqual({ status: 400, scimType: 'invalidValue' });
    expect(() => shown({ attributes: Array<string>(100).fill('id') })).not.toThrow();
    expect(kindOf(() => shown({ attributes: Array<string>(101).fill('id') }))).toEqual({ status: 400, scimType: 'invalidValue' });
  });
});

describe('the parameters of a list', () => {
  const usual = { startIndex: 1, count: 100, filter: undefined, attributes: undefined, excludedAttributes: undefined };

  it.each([
    ['none', {}, {}],
    ['all', { filter: 'id pr', startIndex: '3', count: '5', attributes: 'id', sortBy: 'id' },
      { filter: 'id pr', startIndex: 3, count: 5, attributes: 'id' }],
    ['too small ones', { startIndex: '0', count: '-1' }, { startIndex: 1, count: 0 }],
    ['a large count', { COUNT: '201' }, { count: 200 }],
  ])('with %s, are read', (_case, query, expected) => {
    expect(readListQuery(query)).toEqual({ ...usual, ...expected });
  });

  it.each([
    ['a count with a fraction', { count: '1.5' }], ['a count that is no number', { count: 'all' }], ['two counts', { count: ['1', '2'] }],
    ['a place that is no number', { startIndex: '1e3' }], ['a place far away', { startIndex: '1000001' }],
    ['two filters', { filter: ['id pr', 'id pr'] }], ['an object as filter', { filter: { $gt: '' } }],
    ['an object as names', { attributes: { x: 'id' } }],
  ])('with %s, are refused', (_fault, query) => {
    expect(kindOf(() => readListQuery(query))).toEqual({ status: 400, scimType: 'invalidValue' });
  });

  it('in a body of .search, are read, with its schema alone', () => {
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'id pr', count: 2, attributes: ['id', 'userName'],
    };
    expect(readSearchRequest(body)).toEqual({ ...usual, filter: 'id pr', count: 2, attributes: ['id', 'userName'] });
    expect(readSearchRequest({ ...body, count: null, filter: null, attributes: null })).toEqual(usual);
    expect(kindOf(() => readSearchRequest({ ...body, schemas: [userUrn] })).scimType).toBe('invalidSyntax');
    expect(kindOf(() => readSearchRequest({ ...body, count: '2' })).scimType).toBe('invalidValue');
    expect(kindOf(() => readSearchRequest([])).scimType).toBe('invalidSyntax');
  });

  it('are in the answer of a list', () => {
    expect(writeList([answer], { startIndex: 3, totalResults: 7 })).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 7, startIndex: 3, itemsPerPage: 1, Resources: [answer],
    });
  });
});

describe('what the server says about itself', () => {
  it('names the abilities that it has', () => {
    const off = { supported: false };
    expect(describeService(baseUrl)).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'], patch: { supported: true }, changePassword: off, sort: off,
      filter: { supported: true, maxResults: 200 }, bulk: { ...off, maxOperations: 0, maxPayloadSize: 0 }, etag: off,
      authenticationSchemes: [{
        type: 'oauthbearertoken', name: 'SCIM token', primary: true, description: expect.stringContaining('Bearer') as unknown,
      }],
      meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
    });
  });

  it('has the resource types, and their schemas with the attributes of the table', () => {
    const [user, group] = describeResourceTypes(baseUrl);
    expect(user).toMatchObject({ id: 'User', schema: userUrn, schemaExtensions: [{ schema: enterpriseUrn, required: false }] });
    expect(group).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'], id: 'Group', name: 'Group', endpoint: '/Groups', schema: groupUrn,
      description: 'The groups of these persons.', meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/Group` },
    });
    const tables = resourceTypes.flatMap(({ schema, extensions }) => [schema, ...extensions]);
    expect(describeSchemas(baseUrl)).toMatchObject(tables.map(({ urn, attributes }) => (
      { id: urn, attributes: attributes.map(({ name, type, multiValued }) => ({ name, type, multiValued })) })));
  });

  it('describes an attribute with the characteristics of RFC 7643', () => {
    const attributes = describeSchemas(baseUrl).flatMap((each) => each['attributes']);
    const usual = {
      description: expect.any(String) as unknown, multiValued: false, required: false, mutability: 'readWrite', returned: 'default',
    };
    expect(attributes).toContainEqual({
      ...usual, name: 'userName', type: 'string', required: true, caseExact: false, uniqueness: 'server',
    });
    expect(attributes).toContainEqual({ ...usual, name: 'active', type: 'boolean' });
    const exact = { ...usual, caseExact: true, uniqueness: 'none', mutability: 'immutable' };
    expect(attributes).toContainEqual({
      ...usual, name: 'members', type: 'complex', multiValued: true, subAttributes: [
        { ...exact, name: 'value', type: 'string', required: true },
        { ...exact, name: '$ref', type: 'reference', referenceTypes: ['User'] },
      ],
    });
  });
});

describe('an error', () => {
  it('has the form of SCIM, with its status as text', () => {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:Error'];
    expect(scimErrorBody(invalidValue('No.'))).toEqual({ schemas, status: '400', scimType: 'invalidValue', detail: 'No.' });
    expect(scimErrorBody(new ScimError(404, undefined, 'No.'))).toEqual({ schemas, status: '404', detail: 'No.' });
  });
});
