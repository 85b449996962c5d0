import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { readIpAddress, unmapped } from '../../engine/ip-address.ts';

/** What is known of the app that serves a request: Express keeps its "trust proxy" setting there, made into a function. */
interface Served extends IncomingMessage {
  readonly app?: { get(name: string): unknown } | undefined;
}

/** Whether the app trusts the proxy with this address, `distance` proxies away from the app. */
export type Trusts = (address: string, distance: number) => boolean;

/** What Express has made of the "trust proxy" setting of the app; undefined for a request that no app serves. */
export function trustsOf({ app }: Pick<Served, 'app'>): Trusts | undefined {
  const trusts = app?.get('trust proxy fn');
  return typeof trusts === 'function' ? trusts as Trusts : undefined; // Express's own function, which its types leave out
}

/**
 * The address a request came from, without a port; IPv4 is written as IPv4 also where the socket speaks IPv6. Null once it is gone.
 *
 * Of proxies it believes only those that the app's "trust proxy" setting names; by default none. A trusted proxy that
 * writes something that is no address is not believed: the request then comes from the peer, which is the proxy itself.
 */
export function clientIp(request: Served): string | null {
  const peer = request.socket.remoteAddress;
  const forwarded = request.headers['x-forwarded-for'];
  const trusts = forwarded === undefined ? undefined : trustsOf(request);
  const told = trusts ? forwardedIp(peer ?? '', String(forwarded), trusts) : null;
  return told ?? (peer === undefined ? null : unmapped(peer));
}

/** From the nearest proxy on, the first address that is no trusted proxy's; null where the peer is not trusted or one of them is no address. */
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

/** Whom to count as one: an IPv4 address, or the /64 of an IPv6 one, which a single customer usually holds whole. */
export function sourceOf(ip: string | null): string {
  if (ip === null) return 'unknown';
  // A socket of IPv6 tells IPv4 addresses in its own form; as IPv6 they would all be one source.
  const address = unmapped(ip);
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
