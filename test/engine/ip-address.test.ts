import { readIpAddress, unmapped } from '../../src/engine/ip-address.ts';

describe('an address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'], ['::FFFF:c000:201', '192.0.2.1'], ['::ffff:0:1', '0.0.0.1'],
    ['::ffff:ffff:ffff', '255.255.255.255'], ['::ffff:7f00:1', '127.0.0.1'],
    ['2001:db8::1', '2001:db8::1'], ['192.0.2.1', '192.0.2.1'], ['::1', '::1'], ['', ''],
  ])('%s, is %s where it is mapped into IPv6, and else as it is', (written, expected) => {
    expect(unmapped(written)).toBe(expected);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'], ['::ffff:192.0.2.1', '192.0.2.1'], ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['192.0.2.256', null], ['host', null], ['', null],
  ])('%s, is read as %s', (written, expected) => {
    expect(readIpAddress(written)).toBe(expected);
  });
});
