import { effectiveMapping, mapPerson, subjectIn } from '../../../src/features/identities/attribute-mapping.ts';
import type { AttributeMapping } from '../../../src/features/identities/identity.types.ts';

const mapped = (claims: Record<string, unknown>, attributeMapping: AttributeMapping = {}, protocol = 'OIDC') => (
  mapPerson(effectiveMapping({ attributeMapping, protocol }), claims));
const groupsOf = (groups: AttributeMapping[string], claims: Record<string, unknown>) => mapped(claims, { groups }).groups;

describe('mapping attributes', () => {
  it.each([
    ['Okta', {
      sub: '00u1', email: 'ann@example.com', email_verified: true, preferred_username: 'ann@example.com', given_name: 'Ann',
      family_name: 'Li', groups: ['Everyone', 'eng'],
    }, { groups: ['Everyone', 'eng'], roles: [], emailVerified: true }],
    ['Entra', {
      sub: 'pairwise', oid: '1', tid: '2', email: 'ann@example.com', preferred_username: 'ann@example.com', given_name: 'Ann',
      family_name: 'Li', groups: ['3f2a'], roles: ['Auditor'],
    }, { groups: ['3f2a'], roles: ['Auditor'], emailVerified: false }],
    ['Google', {
      sub: '1', hd: 'example.com', email: 'ann@example.com', email_verified: true, name: 'ann@example.com', given_name: 'Ann',
      family_name: 'Li',
    }, { groups: [], roles: [], emailVerified: true }],
    ['Keycloak', {
      sub: '1', email: 'ann@example.com', email_verified: true, preferred_username: 'ann@example.com', given_name: 'Ann',
      family_name: 'Li', groups: ['/eng'], realm_access: { roles: ['staff'] },
    }, { groups: ['/eng'], roles: ['staff'], emailVerified: true }],
  ])('claims of %s, without a mapping, are read', (_name, claims, expected) => {
    expect(mapped(claims)).toEqual({
      email: { kind: 'plain', email: 'ann@example.com' }, username: 'ann@example.com', firstName: 'Ann', lastName: 'Li', attributes: {},
      hasTooManyGroups: false, ...expected,
    });
    expect(subjectIn(effectiveMapping({ attributeMapping: {} }), claims)).toBe(claims.sub);
  });

  it('headers, without a mapping, have groups with commas between them', () => {
    expect(mapped({ subject: 'ann', email: 'ann@example.com', groups: 'eng, ops,' }, {}, 'HEADER').groups).toEqual(['eng', 'ops']);
  });

  it('sources, are whole names or JSON Pointers, of own properties alone', () => {
    const claims = {
      'http://schemas.example/claims/Group': 'a', 'a/b': { 'c~d': ['x', 'y'] }, 'dotted.name': 'z', 'list': [{ name: 'deep' }],
      '__proto__': { polluted: 'p' },
    };
    expect(groupsOf('http://schemas.example/claims/Group', claims)).toEqual(['a']);
    expect(groupsOf('/a~1b/c~0d', claims)).toEqual(['x', 'y']);
    expect(groupsOf('/a~1b/c~0d/1', claims)).toEqual(['y']);
    expect(groupsOf('dotted.name', claims)).toEqual(['z']);
    expect(groupsOf('/list/0/name', claims)).toEqual(['deep']);
    for (const source of [
      'constructor', 'toString', '__proto__', '/__proto__/polluted', '/constructor/name', '/list/length', '/list/-', '/list/00/name', '/',
      'missing',
    ]) expect(groupsOf(source, claims)).toEqual([]);
  });

  it('rules, apply one after the other', () => {
    const claims = {
      one: ' Eng ; OPS;', dn: 'CN=Eng\\, Core,OU=Groups,DC=example', other: ['CN=ops+OU=x', 'OU=none'], keys: ['group:A', 'role:B'],
    };
    expect(groupsOf({ from: 'one', split: ';', lower: true }, claims)).toEqual(['eng', 'ops']);
    expect(groupsOf({ from: ['dn', 'other'], cn: true }, claims)).toEqual(['Eng, Core', 'ops']);
    expect(groupsOf({ from: 'keys', prefix: 'group:' }, claims)).toEqual(['A']);
    expect(groupsOf({ from: 'one', split: ';', take: 1 }, claims)).toEqual(['OPS']);
    expect(groupsOf({ from: 'dn2', cn: true }, { dn2: 'ou=x, cn = caf\\C3\\A9 ' })).toEqual(['café']);
  });

  it('one value and a list of one, are the same', () => {
    const mapping: AttributeMapping = { 'attributes.costCentre': 'cc', 'department': 'department' };
    for (const wrap of [(value: unknown) => value, (value: unknown) => [value]]) {
      const claims = { cc: wrap(7), department: wrap('Sales'), groups: wrap('eng'), email: wrap('ann@example.com') };
      expect(mapped(claims, mapping)).toMatchObject({
        attributes: { costCentre: 7 }, department: 'Sales', groups: ['eng'], email: { kind: 'plain', email: 'ann@example.com' },
      });
    }
    expect(mapped({ cc: [1, true, 'x', null, {}, ['y']] }, mapping).attributes).toEqual({ costCentre: [1, true, 'x'] });
  });

  it('values beyond the limits, are left out; of too many groups, none counts', () => {
    const mapping: AttributeMapping = { 'attributes.a': 'a', 'attributes.b': 'b' };
    expect(mapped({ a: 'x'.repeat(257), b: Array.from({ length: 101 }, (_, index) => index) }, mapping).attributes).toEqual({});
    expect(mapped({ groups: Array.from({ length: 1_000 }, (_, index) => `g${index}`) })).toMatchObject({ hasTooManyGroups: false });
    for (const groups of [Array.from({ length: 1_001 }, (_, index) => `g${index}`), ['a', 'x'.repeat(257)]]) {
      expect(mapped({ groups, roles: ['r'] })).toMatchObject({ hasTooManyGroups: true, groups: [], roles: [] });
    }
    expect(mapped({ given_name: 'x'.repeat(129), family_name: 'a\u0000b', name: ' ' })).not.toHaveProperty('firstName');
  });

  it('emailVerified, is the boolean true alone', () => {
    for (const email_verified of ['true', 1, 'yes', [true, true], [], {}, null]) {
      expect(mapped({ email_verified }).emailVerified).toBe(false);
    }
    expect(mapped({ email_verified: true }).emailVerified).toBe(true);
  });

  it.each([
    'ann@example.com,eve@evil.example', 'ann@evil.example@example.com', 'ann@example.com;eve@evil.example', 'Ann <ann@example.com>',
    'ann@example.com ann@evil.example', '"ann@x"@example.com', 'ann@example', 'ann@', '@example.com', 'ann\u200b@example.com',
    'ａnn@example.com', 'ann(x)@example.com', 'mailto:ann@example.com', 'a..b@example.com', '.a@example.com', 'a.@example.com',
    'ann@[127.0.0.1]', `${'a'.repeat(65)}@example.com`, 'ann@exa\u0000mple.com', '  ', ['ann@example.com', 'eve@example.com'], 7,
  ])('the address %j, is refused', (email) => {
    expect(mapped({ email }).email).toEqual({ kind: 'refused' });
  });

  it('an address, is trimmed and else kept; subject and username never stand for it', () => {
    expect(mapped({ email: ' Ann.Li+x@Example.COM ' }).email).toEqual({ kind: 'plain', email: 'Ann.Li+x@Example.COM' });
    const others = { sub: 'ann@example.com', preferred_username: 'ann@example.com', upn: 'ann@example.com' };
    expect(mapped(others).email).toEqual({ kind: 'none' });
  });

  it('subjects, have 1 to 255 characters without control characters, and are one', () => {
    const subjectOf = (sub: unknown) => subjectIn({}, { sub });
    expect([subjectOf('a'), subjectOf(7), subjectOf('a'.repeat(255))]).toEqual(['a', '7', 'a'.repeat(255)]);
    const refused = ['', 'a'.repeat(256), 'a\nb', 'a\u0000', ['a', 'b'], {}, null, undefined, true];
    for (const sub of refused) expect(subjectOf(sub)).toBeUndefined();
  });
});
