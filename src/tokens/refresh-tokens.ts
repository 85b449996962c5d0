import type { KeyedDigest } from '../platform/keyed-digest.ts';
import { hashOneTimeToken, makeOneTimeToken, parseOneTimeToken } from './one-time-token.ts';
import type { OneTimeToken } from './one-time-token.ts';

export interface RefreshTokens {
  /** Creates the first token of a family. */
  make(tenantId: string): OneTimeToken;
  /** Creates the successor. It is always the same for the same token, and nobody can compute it without the key of the server. */
  next(token: string): OneTimeToken;
  /** The tenant and the hash of a token from a request; null if its form is invalid. */
  read(token: string): { readonly tenantId: string; readonly hash: string } | null;
}

/**
 * Creates refresh tokens: opaque, 256 bits, with the id of the tenant as prefix.
 *
 * A successor is the HMAC-SHA-256 of its token. A client that repeats a refresh therefore gets the same successor, even from another
 * node or after a restart.
 */
export function createRefreshTokens(digest: KeyedDigest): RefreshTokens {
  return {
    make: makeOneTimeToken,
    next(token) {
      const tenantId = parseOneTimeToken(token);
      if (tenantId === null) throw new TypeError('Only a valid token has a successor: call read() first.');
      const successor = `${tenantId}.${digest(token)}`;
      return { token: successor, hash: hashOneTimeToken(successor) };
    },
    read(token) {
      const tenantId = parseOneTimeToken(token);
      return tenantId === null ? null : { tenantId, hash: hashOneTimeToken(token) };
    },
  };
}
