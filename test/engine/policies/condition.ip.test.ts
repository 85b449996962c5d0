import { compileIp, parseRange } from '../../../src/engine/policies/condition.ip.ts';

describe('a range of addresses', () => {
  it.each<[string, string, number]>([
    ['10.0.0.0/8', '10.0.0.0', 8], ['10.1.2.3', '10.1.2.3', 32], ['0.0.0.0/0', '0.0.0.0', 0], ['2001:db8::/32', '2001:db8::', 32],
    ['2001:db8::1', '2001:db8::1', 128],
    ['::ffff:10.0.0.0/104', '10.0.0.0', 8], ['::ffff:10.0.0.1', '10.0.0.1', 32], ['::ffff:10.0.0.0/96', '10.0.0.0', 0],
  ])('%s, is read', (range, address, bits) => {
    expect(parseRange(range)).toEqual({ address, bits, family: address.includes(':') ? 'ipv6' : 'ipv4' });
  });

  it.each([
    '', 'host', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/', '10.0.0.0/a', '10.0.0.0/8/8', '10.0.0.0/8/', '10.0.0/8', '2001:db8::/129',
    '2001:db8::/1000', 'fe80::1%eth0', 'fe80::%1/64', '::ffff:10.0.0.0/95',
  ])('%j, is no range', (range) => {
    expect(parseRange(range)).toBeUndefined();
  });
});

describe('a condition on addresses', () => {
  const truthOf = (ranges: readonly string[], ip: string | null | undefined) => compileIp(ranges)(
    { now: 0, ...(ip !== undefined && { ip }) }, {},
  );

  it.each([['10.1.2.3', 'yes'], ['::ffff:10.1.2.3', 'yes'], ['11.0.0.0', 'no'], ['2001:db8::5', 'yes'], [
    '2001:db9::', 'no',
  ], ['host', 'missing'], ['', 'missing'], [null, 'missing'], [undefined, 'missing']])('of two networks, for %s is %s', (ip, expected) => {
    expect(truthOf(['10.0.0.0/8', '2001:db8::/32'], ip)).toBe(expected);
  });

  it('of no network, holds for nobody; with one that is spelled wrongly, is missing', () => {
    expect(truthOf([], '10.1.2.3')).toBe('no');
    expect(truthOf(['10.0.0.0/8', 'host'], '10.1.2.3')).toBe('missing');
  });
});
