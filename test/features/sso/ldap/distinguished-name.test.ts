import { dnKeyOf, isWithin, ownNameOf } from '../../../../src/features/sso/ldap/distinguished-name.ts';

const base = 'ou=groups,dc=example,dc=org';

describe('dnKeyOf', () => {
  it('letters, spaces and ways to escape, do not count; everything else does', () => {
    expect(dnKeyOf(' CN = A\\,b , DC=org')).toBe(dnKeyOf('cn=a\\2Cb,dc=org'));
    expect(dnKeyOf('cn=a\\,b,dc=org')).not.toBe(dnKeyOf('cn=a,b,dc=org'));
    expect(dnKeyOf('cn=a b,dc=org')).not.toBe(dnKeyOf('cn=ab,dc=org'));
  });
});

describe('isWithin', () => {
  it.each([base, `cn=a,${base}`, `CN=a, OU=Groups, DC=example,DC=org`, `cn=a\\,b,${base}`, `cn=a\\\\,${base}`, `cn=a,ou=b,${base}`])(
    '%s, is within the base', (dn) => { expect(isWithin(dn, base)).toBe(true); },
  );

  it.each(['dc=example,dc=org', `cn=a,x${base}`, `cn=a\\,${base}`, `cn=a\\2c${base}`, `cn="a,${base}`, `cn=a,${base},dc=net`, ''])(
    '%s, is not', (dn) => { expect(isWithin(dn, base)).toBe(false); },
  );
});

describe('ownNameOf', () => {
  it.each([
    ['cn=staff,dc=org', 'staff'], ['CN = staff , dc=org', 'staff'], ['cn=a\\, b,dc=org', 'a, b'], ['cn=caf\\c3\\a9,dc=org', 'café'],
    ['cn=a\\5c\\+,dc=org', 'a\\+'], ['cn=a+uid=b,dc=org', 'a'], ['uid=staff,dc=org', undefined], ['cn=,dc=org', undefined], ['', undefined],
    ['xcn=staff,dc=org', undefined],
  ])('%s, is called %s', (dn, name) => {
    expect(ownNameOf(dn, 'cn')).toBe(name);
  });
});
