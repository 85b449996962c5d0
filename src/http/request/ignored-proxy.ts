import type { Request } from 'express';
import { unmapped } from '../../engine/ip-address.ts';
import { trustsOf } from './client-ip.ts';

/** The number of consecutive requests from one address that must carry the header. */
const enough = 20;

/**
 * Creates a detector of a proxy that is not configured, behind which all clients count as one source.
 *
 * It calls `tell` once with the address of the proxy: when 20 consecutive requests with `X-Forwarded-For` came from one address
 * that the app does not trust, and named at least two clients.
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
