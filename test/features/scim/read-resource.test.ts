import { groupResource, userResource } from '../../../src/features/scim/attributes.ts';
import { chooseEmail, readResourceBody, workEmailOf } from '../../../src/features/scim/read-resource.ts';
import { enterpriseUrn, groupUrn, kindOf, userUrn } from './scim-faults.ts';

/** What Okta and Entra send, with more than Gatehouse keeps. */
const sent = {
  schemas: [userUrn, enterpriseUrn], userName: 'ann@example.com', externalId: 'a-1', active: true, displayName: 'Ann Li', title: 'Dr',
  name: { givenName: 'Ann', familyName: 'Li', honorificPrefix: 'Dr' }, locale: 'en', preferredLanguage: '', phoneNumbers: [{ value: '1' }],
  emails: [{ primary: true, value: 'ann@example.com', type: 'work', display: 'Ann' }],
  [enterpriseUrn]: { department: 'R&D', employeeNumber: '7', manager: { value: 'boss' } },
};
const kept = {
  userName: 'ann@example.com', externalId: 'a-1', active: true, displayName: 'Ann Li', name: { givenName: 'Ann', familyName: 'Li' },
  emails: [{ primary: true, value: 'ann@example.com', type: 'work' }], department: 'R&D', employeeNumber: '7',
};

describe('the body of a user', () => {
  it('has attributes that Gatehouse does not keep, they are ignored', () => {
    expect(readResourceBody(userResource, sent)).toEqual(kept);
  });

  it('has attributes that no client can write, they are ignored', () => {
    expect(readResourceBody(userResource, {
      ...sent, id: 'mine', meta: { created: 'x', resourceType: 'Group' }, groups: [{ value: 'admins' }], password: 'secret',
      roles: [{ value: 'admin' }], entitlements: ['all'], isActive: false, tenantId: 'other', disabledBy: 'admin',
    })).toEqual(kept);
  });

  it('has names in any letter case, and Booleans of Entra, they are read', () => {
    const body = { SCHEMAS: [userUrn.toUpperCase()], USERNAME: 'ann', Active: 'False', NAME: { GivenName: 'Ann' } };
    expect(readResourceBody(userResource, body)).toEqual({ userName: 'ann', active: false, name: { givenName: 'Ann' } });
  });

  it('has texts of 256 characters, counted as people count them, they are read', () => {
    for (const displayName of ['x'.repeat(256), '😀'.repeat(256)]) {
      expect(readResourceBody(userResource, { ...sent, displayName })).toEqual({ ...kept, displayName });
      const longer = { ...sent, displayName: `${displayName}x` };
      expect(kindOf(() => readResourceBody(userResource, longer))).toEqual({ status: 400, scimType: 'invalidValue' });
    }
  });

  it('has null, empty texts and empty lists, they are no values', () => {
    expect(readResourceBody(userResource, {
      schemas: [userUrn], userName: 'ann', displayName: '', externalId: null, name: { givenName: '' }, emails: [{ type: 'work' }],
      active: null, [enterpriseUrn]: null,
    })).toEqual({ userName: 'ann' });
  });

  it('has names of the prototype, they are ignored', () => {
    const odd = '"__proto__": {"active": true}, "constructor": {"active": true}';
    const body: unknown = JSON.parse(`{"schemas": ["${userUrn}"], "userName": "ann", ${odd}}`);
    expect(readResourceBody(userResource, body)).toEqual({ userName: 'ann' });
    expect(Reflect.has({}, 'active')).toBe(false);
  });

  it.each([
    ['no object', null, 'invalidSyntax'],
    ['a list', [sent], 'invalidSyntax'],
    ['no schemas', { schemas: undefined }, 'invalidSyntax'],
    ['only the schema of an extension', { schemas: [enterpriseUrn] }, 'invalidSyntax'],
    ['a name twice', { USERNAME: 'other' }, 'invalidSyntax'],
    ['a name twice in a value', { name: { givenName: 'Ann', GIVENNAME: 'Eve' } }, 'invalidSyntax'],
    ['no userName', { userName: undefined }, 'invalidValue'],
    ['an empty userName', { userName: '' }, 'invalidValue'],
    ['a number as userName', { userName: 1 }, 'invalidValue'],
    ['a line break', { displayName: 'Ann\nLi' }, 'invalidValue'],
    ['a text for a boolean', { active: 'off' }, 'invalidValue'],
    ['a number for a boolean', { active: 0 }, 'invalidValue'],
    ['a text for a name', { name: 'Ann' }, 'invalidValue'],
    ['a list for a name', { name: ['Ann'] }, 'invalidValue'],
    ['a number for an address', { emails: [{ value: 1 }] }, 'invalidValue'],
    ['two primary addresses', { emails: [{ value: 'a', primary: true }, { value: 'b', primary: 'true' }] }, 'invalidValue'],
    ['a text for the extension', { [enterpriseUrn]: 'R&D' }, 'invalidValue'],
  ])('with %s, is refused', (_fault, change, scimType) => {
    const body = change === null || Array.isArray(change) ? change : { ...sent, ...change };
    expect(kindOf(() => readResourceBody(userResource, body))).toEqual({ status: 400, scimType });
  });

  it('replaces one, and does not say whether the user is active, this stays as it is', () => {
    const { active: _active, ...silent } = sent;
    const before = { userName: 'ann', active: false, displayName: 'Old' };
    expect(readResourceBody(userResource, silent, before)).toEqual({ ...kept, active: false });
    expect(readResourceBody(userResource, silent)).not.toHaveProperty('active');
  });
});

describe('the body of a group', () => {
  it('has its members, each once, by their ids alone', () => {
    expect(readResourceBody(groupResource, {
      schemas: [groupUrn], displayName: 'Team', members: [{ value: '1', display: 'Ann', $ref: 'x' }, { value: '2' }, { value: '1' }],
    })).toEqual({ displayName: 'Team', members: [{ value: '1' }, { value: '2' }] });
  });

  it.each([
    ['no name', { displayName: null }],
    ['a member without an id', { members: [{ value: '1' }, {}] }],
    ['1,001 members', { members: Array.from({ length: 1_001 }, (_, at) => ({ value: String(at) })) }],
  ])('with %s, is refused', (_fault, change) => {
    const body = { schemas: [groupUrn], displayName: 'Team', ...change };
    expect(kindOf(() => readResourceBody(groupResource, body))).toEqual({ status: 400, scimType: 'invalidValue' });
  });
});

describe('the address of a person', () => {
  const [home, work, other] = [{ value: 'h', type: 'home' }, { value: 'w', type: 'Work' }, { value: 'o', primary: true }];

  it.each([
    ['the primary one', [home, work, other], 'o'],
    ['without a primary one, that for work', [home, work, { ...other, primary: false }], 'w'],
    ['without these, the first', [home, { value: 'x' }], 'h'],
    ['with none, none', [], undefined],
  ])('is %s', (_which, emails, expected) => {
    expect(chooseEmail({ emails })).toBe(expected);
  });

  it('for work, is that with this type alone', () => {
    expect([[other, work], [other, home], []].map((emails) => workEmailOf({ emails }))).toEqual(['w', undefined, undefined]);
  });
});
