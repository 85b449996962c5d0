import { directoryAddressOf } from '../../../../../src/features/sso/ldap/directory/directory-address.ts';

describe('directoryAddressOf', () => {
  it.each([
    ['ldaps://a.org', { host: 'a.org', port: 636, isSecure: true }], ['ldap://a.org/', { host: 'a.org', port: 389, isSecure: false }],
    ['ldap://10.0.0.1:1389', { host: '10.0.0.1', port: 1_389, isSecure: false }],
    ['ldaps://[2001:db8::1]:65535', { host: '2001:db8::1', port: 65_535, isSecure: true }], ['ldaps://a.org:65536', undefined],
  ])('%s, is read', (url, address) => {
    expect(directoryAddressOf(url)).toEqual(address);
  });
});
