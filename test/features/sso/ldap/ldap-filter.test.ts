import { fillFilter, filterFault } from '../../../../src/features/sso/ldap/ldap-filter.ts';

describe('filterFault', () => {
  it.each([
    '(uid={username})', '(&(objectClass=person)(uid={username}))', '(|(uid={username})(mail={username}@example.org))', '(cn={username}*)',
    '(&(uid={username})(!(shadowExpire=0)))', '(&(uid={username})(memberOf:1.2.840.113556.1.4.1941:=cn=a,dc=b))', '(uid:dn:={username})',
    '(&(uid={username})(createTimestamp>=2020)(age<=7)(cn~=a)(o=A \\28B\\29))',
  ])('%s, can be used', (filter) => {
    expect(filterFault(filter, 'username')).toBeUndefined();
    expect(() => fillFilter(filter, 'username', 'a)(b*\\')).not.toThrow();
  });

  it.each([
    ['no parentheses', 'uid={username}'], ['an open parenthesis', '((uid={username})'], ['a closing one too many', '(uid={username}))'],
    ['two filters', '(uid={username})(cn=a)'], ['nothing to combine', '(&)(uid={username})'],
    ['two behind a !', '(!(uid={username})(a=b))'],
    ['the placeholder as an attribute', '({username}=ann)'], ['another placeholder', '(&(uid={username})(cn={dn}))'],
    ['braces', '(&(uid={username})(cn={}))'], ['the placeholder in other letters', '(uid={Username})'], ['no placeholder', '(uid=ann)'],
    ['no comparison', '(&(uid={username})(cn))'], ['an escape that is none', '(&(uid={username})(cn=\\zz))'],
    ['an escape above ASCII', '(&(uid={username})(cn=\\c3\\a9))'], ['an option of an attribute', '(&(uid={username})(cn;lang-de=a))'],
    ['NUL', '(&(uid={username})(cn=\0))'], ['text before', ' (uid={username})'], ['text between', '(& (uid={username}))'],
    ['great depth', `${'(!'.repeat(11)}(uid={username})${')'.repeat(11)}`],
    ['great length', `(&(uid={username})(cn=${'a'.repeat(1_000)}))`],
  ])('%s, is a fault', (_name, filter) => {
    expect(filterFault(filter, 'username')).toBeDefined();
  });
});
