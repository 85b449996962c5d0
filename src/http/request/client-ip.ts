import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { readIpAddress, unmapped } from '../../engine/ip-address.ts';

/** A request with its app, in which Express keeps the "trust proxy" setting as a function. */
interface Served extends IncomingMessage {
  readonly app?: { get(name: string): unknown } | undefined;
}

/** Whether the app trusts the proxy with this address, `distance` proxies away from the app. */
export type Trusts = (address: string, distance: number) => boolean;

/** The function that Express creates from the "trust proxy" setting of the app; undefined if no app serves the request. */
export function trustsOf({ app }: Pick<Served, 'app'>): Trusts | undefined {
  const trusts = app?.get('trust proxy fn');
  return typeof trusts === 'function' ? trusts as Trusts : undefined; // Express's own function, which its types leave out
}

/**
 * The address of the client, without a port. IPv4 is written as IPv4 even if the socket uses IPv6. Null if the client is gone.
 *
 * Only proxies in the "trust proxy" setting of the app are trusted; by default none is. If a trusted proxy sends an invalid
 * address, the result is the address of the peer, which is the proxy itself.
 */
export function clientIp(request: Served): string | null {
  const peer = request.socket.remoteAddress;
  const forwarded = request.headers['x-forwarded-for'];
  const trusts = forwarded === undefined ? undefined : trustsOf(request);
  const told = trusts ? forwardedIp(peer ?? '', String(forwarded), trusts) : null;
  return told ?? (peer === undefined ? null : unmapped(peer));
}

/** The first address, from the nearest proxy on, that is not a trusted proxy. Null if the peer is not trusted or an address is invalid. */
function forwardedIp(peer: string, forwarded: string, trusts: Trusts): string | null {
  const written = forwarded.split(',').map((text) => text.trim()).filter((text) => text !== '').reverse();
  let address: string | null = null;
  for (const [distance, text] of written.entries()) {
    if (!trusts(address ?? peer, distance)) break;
    address = readIpAddress(text);
    if (address === null) break;
  }
  return address;
}

/** The source that limits count: an IPv4 address, or the /64 of an IPv6 address, which usually belongs to one customer. */
export function sourceOf(ip: string | null): string {
  if (ip === null) return 'unknown';
  // An IPv6 socket reports IPv4 addresses as mapped ones. Their common /64 would be one source.
  const address = unmapped(ip);
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
