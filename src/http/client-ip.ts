import type { IncomingMessage } from 'node:http';

/**
 * The address a request came from; IPv4 is written as IPv4 also where the socket speaks IPv6. Null once it is gone.
 *
 * Of proxies it believes only those that the app's "trust proxy" setting names (Express's `request.ip`); by default none.
 */
export function clientIp(request: IncomingMessage & { readonly ip?: string | undefined }): string | null {
  const address = request.ip ?? request.socket.remoteAddress;
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;
}
