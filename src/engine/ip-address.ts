import { isIP, SocketAddress } from 'node:net';

/**
 * Normalizes an address as sockets, proxies and people write it: without port, brackets and zone, IPv6 in its
 * short form (RFC 5952), and an IPv4 address that is mapped into IPv6 as that IPv4 address.
 *
 * Null if the text is not an address.
 */
export function readIpAddress(text: string): string | null {
  const { bracketed, dotted, bare = '' } = writtenAddress.exec(text)?.groups ?? {};
  const [address = ''] = (bracketed ?? dotted ?? bare).split('%', 1);
  const family = isIP(address);
  if (family === 4) return bracketed === undefined ? address : null;
  return family === 6 ? unmapped(new SocketAddress({ address, family: 'ipv6' }).address) : null;
}

const writtenAddress = /^(?:\[(?<bracketed>[^\]]*)\](?::\d{1,5})?|(?<dotted>[\d.]+):\d{1,5}|(?<bare>[^[\]]*))$/;

/** Converts an IPv4 address that is mapped into IPv6 (RFC 4291 section 2.5.5.2) to IPv4. Returns other text unchanged. */
export function unmapped(ip: string): string {
  if (!ip.startsWith('::')) return ip; // as nearly all are: the expressions take longer
  const [, dotted] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip) ?? [];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(ip) ?? [];
  if (high === undefined || low === undefined) return ip;
  const bits = parseInt(high, 16) * 65_536 + parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
