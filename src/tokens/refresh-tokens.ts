import type { KeyedDigest } from '../platform/keyed-digest.ts';
import { hashOneTimeToken, makeOneTimeToken, parseOneTimeToken } from './one-time-token.ts';
import type { OneTimeToken } from './one-time-token.ts';

export interface RefreshTokens {
  /** The first of a family. */
  make(tenantId: string): OneTimeToken;
  /** The one that follows: always the same for the same token, and known to nobody without the server's key. */
  next(token: string): OneTimeToken;
  /** Tenant and hash of a token as it was sent; null if it does not have the form of one. */
  read(token: string): { readonly tenantId: string; readonly hash: string } | null;
}

/**
 * Makes what makes refresh tokens: opaque, 256 bits, prefixed with the tenant's id.
 *
 * A successor is the HMAC-SHA-256 of its token, so that a client that asks twice is given the same one twice, also by
 * another node or after a restart.
 */
export function createRefreshTokens(digest: KeyedDigest): RefreshTokens {
  return {
    make: makeOneTimeToken,
    next(token) {
      const tenantId = parseOneTimeToken(token);
      if (tenantId === null) throw new TypeError('Only a token that was read has a successor.');
      const successor = `${tenantId}.${digest(token)}`;
      return { token: successor, hash: hashOneTimeToken(successor) };
    },
    read(token) {
      const tenantId = parseOneTimeToken(token);
      return tenantId === null ? null : { tenantId, hash: hashOneTimeToken(token) };
    },
  };
}
