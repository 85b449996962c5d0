import type { KeyedDigest } from '../platform/keyed-digest.ts';
import { hashOneTimeToken, makeOneTimeToken, parseOneTimeToken } from './one-time-token.ts';
import type { OneTimeToken } from './one-time-token.ts';

export interface RefreshTokens {
  /** Creates the first token of a family. */
  make(tenantId: string): OneTimeToken;
  /** Creates the successor: always the same for the same token, and secret without the key of the server. */
  next(token: string): OneTimeToken;
  /** The tenant and hash of a token that was sent; null if its form is invalid. */
  read(token: string): { readonly tenantId: string; readonly hash: string } | null;
}

/**
 * Creates refresh tokens: opaque, 256 bits, with the id of the tenant as prefix.
 *
 * A successor is the HMAC-SHA-256 of its token, so that a client that repeats a refresh gets the same successor, also from
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
