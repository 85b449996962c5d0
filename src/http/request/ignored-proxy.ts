import type { Request } from 'express';
import { unmapped } from '../../engine/ip-address.ts';
import { trustsOf } from './client-ip.ts';

/** How many requests of one address in a row must name clients of theirs. */
const enough = 20;

/**
 * Creates the note that clients come by a proxy that nobody has named, so that all of them count as one source.
 *
 * `tell` gets the address of the proxy, once: when 20 requests in a row that carry `X-Forwarded-For` came from one address that the app
 * does not trust, and named at least two clients.
 */
export function createIgnoredProxyNote(tell: (address: string) => void): (request: Request) => void {
  let peer: string | undefined;
  let client: string | undefined;
  let isOfSeveral = false;
  let count = 0;
  let isTold = false;

  return (request) => {
    const forwarded = request.headers['x-forwarded-for'];
    if (isTold || forwarded === undefined) return;
    const address = request.socket.remoteAddress;
    if (address === undefined) return;
    const named = String(forwarded).split(',', 1)[0]?.trim();
    if (address !== peer) [peer, client, isOfSeveral, count] = [address, named, false, 0];
    isOfSeveral ||= named !== client;
    count += 1;
    if (count < enough || !isOfSeveral) return;
    if (trustsOf(request)?.(address, 0)) {
      count = 0;
      return;
    }
    isTold = true;
    tell(unmapped(address));
  };
}
