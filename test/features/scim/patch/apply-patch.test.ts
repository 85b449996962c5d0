import { groupResource, userResource } from '../../../../src/features/scim/attributes.ts';
import { applyPatch } from '../../../../src/features/scim/patch/apply-patch.ts';
import { readPatch } from '../../../../src/features/scim/patch/read-patch.ts';
import type { ResourceType, ScimValues } from '../../../../src/features/scim/scim.types.ts';
import { enterpriseUrn, groupUrn, kindOf, patchUrn, userUrn } from '../scim-faults.ts';

const work = { value: 'ann@work.example', type: 'work', primary: true };
const home = { value: 'ann@home.example', type: 'home' };
const ann: ScimValues = {
  userName: 'ann', externalId: 'a-1', name: { givenName: 'Ann', familyName: 'Li' }, active: true, emails: [work, home], department: 'R&D',
};
const team: ScimValues = { displayName: 'Team', members: [{ value: '1' }, { value: '2' }] };

/** Applies operations as they come in the text of a body. */
function patched(values: ScimValues, operations: unknown, type: ResourceType = values === team ? groupResource : userResource): ScimValues {
  const body: unknown = JSON.parse(JSON.stringify({ schemas: [patchUrn], Operations: operations }));
  return applyPatch(type, values, readPatch(body));
}
const one = (op: string, path?: string, value?: unknown) => (
  [{ op, ...(path !== undefined && { path }), ...(value !== undefined && { value }) }]);

describe('a PATCH of a user', () => {
  it.each([
    ['a replaced attribute', one('replace', 'displayName', 'Ann Li'), { displayName: 'Ann Li' }],
    ['an operation in capitals', one('REPLACE', 'DISPLAYNAME', 'Ann Li'), { displayName: 'Ann Li' }],
    ['a path with the URN of the schema', one('add', `${userUrn}:displayName`, 'Ann Li'), { displayName: 'Ann Li' }],
    ['a boolean of Entra', one('Replace', 'active', 'False'), { active: false }],
    ['a boolean of Okta', one('replace', undefined, { active: false }), { active: false }],
    ['a sub-attribute', one('replace', 'name.givenName', 'Anna'), { name: { givenName: 'Anna', familyName: 'Li' } }],
    ['a part of a complex attribute', one('add', 'name', { formatted: 'Ann Li' }),
      { name: { givenName: 'Ann', familyName: 'Li', formatted: 'Ann Li' } }],
    ['null in a part', one('replace', 'name', { familyName: null }), { name: { givenName: 'Ann' } }],
    ['an attribute of the extension', one('replace', `${enterpriseUrn}:department`, 'Sales'), { department: 'Sales' }],
    ['the whole extension', one('add', enterpriseUrn, { organization: 'Acme', manager: { value: '1' } }), { organization: 'Acme' }],
    ['the extension without a path', one('replace', undefined, { [enterpriseUrn]: { department: 'Sales' } }), { department: 'Sales' }],
    ['dotted keys of Entra', one('Add', undefined, {
      'name.familyName': 'Lee', [`${enterpriseUrn}:employeeNumber`]: '7', 'emails[type eq "work"].value': 'lee@work.example',
    }), { name: { givenName: 'Ann', familyName: 'Lee' }, employeeNumber: '7', emails: [{ ...work, value: 'lee@work.example' }, home] }],
    ['a filtered sub-attribute', one('replace', 'emails[type eq "home"].value', 'b@home.example'),
      { emails: [work, { ...home, value: 'b@home.example' }] }],
    ['a filter in which letter case makes no difference', one('replace', 'emails[type eq "HOME"].type', 'other'),
      { emails: [work, { ...home, type: 'other' }] }],
    ['a filter with a bracket in its text', one('remove', 'emails[type eq "home" or value eq "]"]'), { emails: [work] }],
    ['an address of a new type, as Entra adds it', one('Add', 'emails[type eq "other"].value', 'c@x.example'),
      { emails: [work, home, { type: 'other', value: 'c@x.example' }] }],
    ['an added value', one('add', 'emails', [{ value: 'c@x.example' }]), { emails: [work, home, { value: 'c@x.example' }] }],
    ['an added value without a list', one('add', 'emails', { value: 'c@x.example' }), { emails: [work, home, { value: 'c@x.example' }] }],
    ['a value that is there', one('add', 'emails', [home]), {}],
    ['a new primary value', one('add', 'emails', [{ value: 'c@x.example', primary: true }]), {
      emails: [{ ...work, primary: false }, home, { value: 'c@x.example', primary: true }],
    }],
    ['another primary value', one('replace', 'emails[type eq "home"].primary', 'True'),
      { emails: [{ ...work, primary: false }, { ...home, primary: true }] }],
    ['replaced values', one('replace', 'emails', [home]), { emails: [home] }],
    ['a replaced value', one('replace', 'emails[type eq "home"]', { value: 'c@x.example' }), { emails: [work, { value: 'c@x.example' }] }],
    ['a removed value', one('remove', 'emails[type eq "home"]'), { emails: [work] }],
    ['a value that loses its address', one('remove', 'emails[type eq "home"].value'), { emails: [work] }],
    ['a removed value that is not there', one('remove', 'emails[type eq "other"]'), {}],
    ['a removed attribute', one('remove', 'emails'), { emails: undefined }],
    ['a removed sub-attribute', one('remove', 'name.givenName'), { name: { familyName: 'Li' } }],
    ['a removed extension', one('remove', enterpriseUrn), { department: undefined }],
    ['null', one('replace', 'name', null), { name: undefined }],
    ['null for a filtered value', one('replace', 'emails[type eq "home"]', null), { emails: [work] }],
    ['null that is added', [...one('add', 'name', null), ...one('add', 'emails', null)], {}],
    ['a part that is added to a value', one('add', 'emails[type eq "home"]', { primary: false }),
      { emails: [work, { ...home, primary: false }] }],
    ['values that are removed by their addresses', one('remove', 'emails', [{ value: 'ANN@home.example' }]), { emails: [work] }],
    ['a removed name of the extension', one('remove', `${enterpriseUrn}:department`), { department: undefined }],
    ['an empty text', one('replace', 'externalId', ''), { externalId: undefined }],
    ['several operations', [...one('add', 'displayName', 'A'), ...one('replace', 'displayName', 'B'), ...one('remove', 'name.familyName')],
      { displayName: 'B', name: { givenName: 'Ann' } }],
    ['attributes that are not kept', [
      ...['nickName', 'profileUrl', 'title', 'userType', 'preferredLanguage', 'locale', 'timezone', 'phoneNumbers', 'ims', 'photos',
        'addresses', 'entitlements', 'x509Certificates'].flatMap((name) => one('replace', name, 'x')),
      ...['costCenter', 'division', 'manager.value'].flatMap((name) => one('replace', `${enterpriseUrn}:${name}`, 'x')),
      ...one('add', 'phoneNumbers[type eq "work"].value', '1'),
    ], {}],
    ['null as path', [{ op: 'replace', path: null, value: { active: false } }], { active: false }],
    ['a password and roles', [...one('replace', 'password', 'secret'), ...one('add', 'roles', [{ value: 'admin' }])], {}],
    ['unknown names without a path',
      one('replace', undefined, { id: '9', meta: { created: 'x' }, groups: [], roles: ['admin'], password: 'x', foo: 1 }), {}],
  ])('with %s, changes that alone', (_case, operations, change) => {
    const before = structuredClone(ann);
    const { emails, ...rest } = { ...ann, ...change } as Record<string, unknown>;
    const expected = Object.fromEntries(Object.entries({ ...rest, emails }).filter(([, value]) => value !== undefined));
    expect(patched(ann, operations)).toEqual(expected);
    expect(ann).toEqual(before);
  });

  const good = { op: 'replace', path: 'name.givenName', value: 'Anna' };

  it.each([
    ['an unknown attribute', { path: 'names.givenName' }, 'invalidPath'],
    ['an unknown sub-attribute', { path: 'name.firstName' }, 'invalidPath'],
    ['a third level', { path: 'name.givenName.x' }, 'invalidPath'],
    ['the prototype', { path: '__proto__' }, 'invalidPath'],
    ['a property of the prototype', { path: '__proto__.polluted' }, 'invalidPath'],
    ['the prototype of a value', { path: 'name.__proto__' }, 'invalidPath'],
    ['a constructor', { path: 'constructor.prototype.polluted' }, 'invalidPath'],
    ['a constructor of a value', { path: 'name.constructor' }, 'invalidPath'],
    ['an extension that is unknown', { path: 'urn:example:User:name.givenName' }, 'invalidPath'],
    ['an index', { path: 'emails[0].value' }, 'invalidFilter'],
    ['an index with a dot', { path: 'emails.0.value' }, 'invalidPath'],
    ['a pointer of JSON', { path: '/name/givenName' }, 'invalidPath'],
    ['an empty filter', { path: 'emails[].value' }, 'invalidFilter'],
    ['a filter with an unknown attribute', { path: 'emails[kind eq "work"].value' }, 'invalidFilter'],
    ['a filter with an open end', { path: 'emails[type eq "work].value' }, 'invalidFilter'],
    ['an open bracket', { path: 'emails[type eq "work".value' }, 'invalidPath'],
    ['a filter at a single attribute', { path: 'name[givenName eq "Ann"].givenName' }, 'invalidPath'],
    ['a filter after a sub-attribute', { path: 'emails.value[type eq "work"]' }, 'invalidPath'],
    ['a filter at an extension', { path: `${enterpriseUrn}[department eq "x"]` }, 'invalidPath'],
    ['an unknown attribute of an extension', { path: `${enterpriseUrn}:userName` }, 'invalidPath'],
    ['an unknown sub-attribute after a filter', { path: 'emails[type eq "work"].constructor' }, 'invalidPath'],
    ['a path into all values', { path: 'emails.value' }, 'invalidPath'],
    ['the id', { path: 'id' }, 'mutability'],
    ['the creation time', { path: 'meta.created' }, 'mutability'],
    ['the groups', { path: 'groups' }, 'mutability'],
    ['the schemas', { path: 'schemas' }, 'mutability'],
    ['a required attribute that is removed', { op: 'remove', path: 'userName' }, 'mutability'],
    ['a required attribute that becomes null', { path: 'userName', value: null }, 'mutability'],
    ['a required attribute that becomes empty', { path: 'userName', value: '' }, 'mutability'],
    ['a filter that finds nothing', { path: 'emails[type eq "other"].value' }, 'noTarget'],
    ['a new value from a filter without equality', { op: 'add', path: 'emails[type sw "oth"].value' }, 'noTarget'],
    ['nothing to remove', { op: 'remove', path: undefined }, 'noTarget'],
    ['a number', { value: 1 }, 'invalidValue'],
    ['a list', { value: ['Anna'] }, 'invalidValue'],
    ['an object', { value: { $ne: null } }, 'invalidValue'],
    ['a NUL', { value: 'An\0na' }, 'invalidValue'],
    ['half of a surrogate pair', { value: '\ud83d' }, 'invalidValue'],
    ['a text of 257 characters', { value: 'x'.repeat(257) }, 'invalidValue'],
    ['no value', { value: undefined }, 'invalidValue'],
    ['a boolean that is none', { path: 'active', value: 'yes' }, 'invalidValue'],
    ['a text for a complex attribute', { path: 'name' }, 'invalidValue'],
    ['a text without a path', { path: undefined }, 'invalidValue'],
    ['a text for an extension', { path: enterpriseUrn }, 'invalidValue'],
    ['a number for an extension without a path', { path: undefined, value: { [enterpriseUrn]: 1 } }, 'invalidValue'],
    ['two values for one', { path: 'emails[type eq "home"]', value: [home, work] }, 'invalidValue'],
    ['a text for a value', { path: 'emails[type eq "home"]' }, 'invalidValue'],
    ['an empty object for a value', { path: 'emails[type eq "home"]', value: {} }, 'invalidValue'],
    ['21 addresses', { path: 'emails', value: Array.from({ length: 21 }, (_, at) => ({ value: `${at}@x.example` })) }, 'invalidValue'],
    ['two primary addresses', { path: 'emails', value: [{ value: 'a', primary: true }, { value: 'b', primary: true }] }, 'invalidValue'],
    ['an unknown operation', { op: 'move' }, 'invalidSyntax'],
    ['no operation', { op: undefined }, 'invalidSyntax'],
    ['a path that is no text', { path: ['name'] }, 'invalidSyntax'],
    ['a NUL in the path', { path: 'name.givenName\0' }, 'invalidSyntax'],
    ['a name twice', { OP: 'add' }, 'invalidSyntax'],
  ])('with %s, is refused as a whole', (_fault, change, scimType) => {
    expect(patched(ann, [...one('replace', 'active', false), good])).toEqual({
      ...ann, active: false, name: { givenName: 'Anna', familyName: 'Li' },
    });
    const before = structuredClone(ann);
    expect(kindOf(() => patched(ann, [...one('replace', 'active', false), { ...good, ...change }]))).toEqual({ status: 400, scimType });
    expect(ann).toEqual(before);
  });

  it.each([
    ['no object', [], 'invalidSyntax'],
    ['another schema', { schemas: [userUrn], Operations: [good] }, 'invalidSyntax'],
    ['no operations', { schemas: [patchUrn], Operations: [] }, 'invalidSyntax'],
    ['an operation that is no object', { schemas: [patchUrn], Operations: [good, null] }, 'invalidSyntax'],
    ['1,001 operations', { schemas: [patchUrn], Operations: Array(1_001).fill(good) }, undefined],
  ])('whose body has %s, is refused', (_fault, body, scimType) => {
    expect(readPatch({ schemas: [patchUrn], Operations: [good] })).toEqual([good]);
    expect(kindOf(() => readPatch(body))).toEqual({ status: scimType === undefined ? 413 : 400, scimType });
  });

  it('with a path of 1,024 characters, is applied, with one more refused', () => {
    const pathOf = (size: number) => `emails[type eq "home" or value eq "${'x'.repeat(size - 37)}"]`;
    expect(pathOf(1_024)).toHaveLength(1_024);
    expect(patched(ann, one('remove', pathOf(1_024)))['emails']).toEqual([work]);
    expect(kindOf(() => patched(ann, one('remove', pathOf(1_025))))).toEqual({ status: 400, scimType: 'invalidPath' });
  });

  it('with names of the prototype in every place, leaves the prototype of objects as it is', () => {
    const names = () => Reflect.ownKeys(Object.prototype);
    const before = names();
    const text = '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "__proto__.polluted": true, '
      + '"name": {"__proto__": {"polluted": true}, "givenName": "Anna"}, '
      + '"emails": [{"__proto__": {"polluted": true}, "value": "a@x.example"}]}';
    for (const op of ['add', 'replace']) {
      const body: unknown = JSON.parse(`{"schemas": ["${patchUrn}"], "Operations": [{"op": "${op}", "value": ${text}}]}`);
      const found = applyPatch(userResource, ann, readPatch(body));
      expect(found['name']).toEqual({ givenName: 'Anna', familyName: 'Li' });
      expect(Object.keys(found).sort()).toEqual(Object.keys(ann).sort());
    }
    expect(names()).toEqual(before);
    expect('polluted' in {}).toBe(false);
  });
});

describe('a PATCH of a group', () => {
  const members = (...ids: string[]) => ids.map((value) => ({ value }));

  it.each([
    ['members of Entra', one('Add', 'members', [{ $ref: null, value: '3' }]), members('1', '2', '3')],
    ['members of Okta', one('add', 'members', [{ value: '3', display: 'c@x.example' }]), members('1', '2', '3')],
    ['a member without a list', one('add', 'members', { value: '3' }), members('1', '2', '3')],
    ['a member as text', one('add', 'members', '3'), members('1', '2', '3')],
    ['a member that is there', one('add', 'members', members('2')), members('1', '2')],
    ['members without a path', one('add', undefined, { members: members('3') }), members('1', '2', '3')],
    ['replaced members', one('replace', 'members', members('3')), members('3')],
    ['a removed member of Entra', one('Remove', 'members', [{ value: '1' }]), members('2')],
    ['a removed member of Okta', one('remove', 'members[value eq "1"]'), members('2')],
    ['a removed member that is not there', one('remove', 'members[value eq "3"]'), members('1', '2')],
    ['an empty list of removed members', one('Remove', 'members', []), members('1', '2')],
    ['all members removed', one('remove', 'members'), undefined],
    ['all members removed, with null as value', one('remove', 'members', null), undefined],
    ['members replaced by nothing', one('replace', 'members', []), undefined],
    ['a member in the place of another', one('replace', 'members[value eq "1"]', { value: '3' }), members('3', '2')],
    ['an empty path', one('add', '', { members: members('3') }), members('1', '2', '3')],
    ['a member that is removed and added', [...one('remove', 'members[value eq "1"]'), ...one('add', 'members', members('1'))],
      members('2', '1')],
  ])('with %s, changes the members', (_case, operations, expected) => {
    expect(patched(team, operations)['members']).toEqual(expected);
  });

  it('of Okta, with the id beside the name, changes the name alone', () => {
    expect(patched(team, one('replace', undefined, { id: '7', displayName: 'Crew' }))).toEqual({ ...team, displayName: 'Crew' });
    expect(patched(team, one('replace', `${groupUrn}:displayName`, 'Crew'))).toEqual({ ...team, displayName: 'Crew' });
  });

  it.each([
    ['a member without an id', one('add', 'members', [{ value: '3' }, { display: 'x' }]), 'invalidValue'],
    ['a removed member without an id', one('remove', 'members', [{ display: 'x' }]), 'invalidValue'],
    ['a member whose id is no text', one('add', 'members', [{ value: { $gt: '' } }]), 'invalidValue'],
    ['a member that becomes another one', one('replace', 'members[value eq "1"].value', '3'), 'mutability'],
    ['1,001 members in one operation', one('add', 'members', Array.from({ length: 1_001 }, (_, at) => ({ value: `m${at}` }))),
      'invalidValue'],
  ])('with %s, is refused', (_fault, operations, scimType) => {
    expect(kindOf(() => patched(team, operations))).toEqual({ status: 400, scimType });
  });

  it('to 10,000 members, is taken, to one more refused, and 1,000 operations on it take less than 1 s of processor time', () => {
    const full = { ...team, members: Array.from({ length: 10_000 }, (_, at) => ({ value: `m${at}` })) };
    const exchanged = Array.from({ length: 500 }, (_, at) => [
      ...one('remove', `members[value eq "m${at}"]`), ...one('add', 'members', [{ value: `n${at}` }]),
    ]).flat();
    const started = process.cpuUsage();
    expect(patched(full, exchanged, groupResource)['members']).toHaveLength(10_000);
    const { user, system } = process.cpuUsage(started);
    expect(user + system).toBeLessThan(1_000_000);
    const added = one('add', 'members', [{ value: 'x' }]);
    expect(kindOf(() => patched(full, added, groupResource))).toEqual({ status: 413, scimType: undefined });
  });
});
