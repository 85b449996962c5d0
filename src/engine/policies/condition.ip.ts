import { BlockList, isIP, SocketAddress } from 'node:net';
import type { ConditionTest } from './decision-context.types.ts';
import { readIpAddress, unmapped } from '../ip-address.ts';

/** Tests whether the address is in one of the ranges. An IPv4 address may be mapped into IPv6 (RFC 4291 section 2.5.5.2). */
export function compileIp(ranges: readonly string[]): ConditionTest {
  const list = new BlockList();
  for (const text of ranges) {
    const range = parseRange(text);
    if (!range) return () => 'missing';
    list.addSubnet(range.address, range.bits, range.family);
  }
  return ({ ip }, cache) => {
    if (cache.address === undefined) cache.address = readAddress(ip ?? '');
    if (!cache.address) return 'missing';
    return list.check(cache.address) ? 'yes' : 'no';
  };
}

function readAddress(ip: string): SocketAddress | null {
  const address = readIpAddress(ip);
  return address === null ? null : new SocketAddress({ address, family: isIP(address) === 4 ? 'ipv4' : 'ipv6' });
}

/** Parses a range to an address and a prefix length in bits; undefined if the text is not a range. */
export function parseRange(
  range: string,
): { readonly address: string; readonly bits: number; readonly family: 'ipv4' | 'ipv6' } | undefined {
  const [written = '', length, ...more] = range.split('/');
  const isMapped = isIP(written) === 6 && isIP(unmapped(written)) === 4;
  const address = isMapped ? unmapped(written) : written;
  const family = isIP(address);
  if (family === 0 || address.includes('%') || more.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const most = family === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length) - (isMapped ? 96 : 0);
  return bits >= 0 && bits <= most ? { address, bits, family: family === 4 ? 'ipv4' : 'ipv6' } : undefined;
}
