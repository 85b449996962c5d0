import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * The address a request came from; IPv4 is written as IPv4 also where the socket speaks IPv6. Null once it is gone.
 *
 * Of proxies it believes only those that the app's "trust proxy" setting names (Express's `request.ip`); by default none.
 */
export function clientIp(request: IncomingMessage & { readonly ip?: string | undefined }): string | null {
  // Without that header there is nothing to believe, and Express's own way to the same address is a long one.
  const address = request.headers['x-forwarded-for'] === undefined ? request.socket.remoteAddress : request.ip ?? request.socket.remoteAddress;
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
}

/** Whom to count as one: an IPv4 address, or the /64 of an IPv6 one, which a single customer usually holds whole. */
export function sourceOf(ip: string | null): string {
  if (ip === null) return 'unknown';
  // A socket of IPv6 tells IPv4 addresses like this; as IPv6 they would all be one source.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined || !isIPv6(ip)) return mapped ?? ip;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16)).join(':')}::/64`;
}
