import type { Request } from 'express';

/**
 * The address a request came from; IPv4 written as IPv4 also where the socket speaks IPv6.
 *
 * Of proxies it believes only those that the app's "trust proxy" setting names; by default none.
 */
export function clientIp(request: Request): string {
  return (request.ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}
