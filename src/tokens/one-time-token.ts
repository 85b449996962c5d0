import { createHash, randomBytes } from 'node:crypto';

export interface OneTimeToken {
  /** Sent to the user once; never stored or logged. */
  readonly token: string;
  /** Stored instead of the token. */
  readonly hash: string;
}

const tenantPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The tenant, and 32 bytes in base64url: 43 characters, of which the last one has only four bits. */
const tokenPattern = /^([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Creates an opaque token of 256 random bits with its tenant: `<tenantId>.<43 base64url characters>`.
 *
 * Throws a TypeError unless the tenant id has 1 to 64 letters, digits, `_` and `-`, because another id could not be parsed again.
 */
export function makeOneTimeToken(tenantId: string): OneTimeToken {
  if (!tenantPattern.test(tenantId)) throw new TypeError('A tenant id must have 1 to 64 letters, digits, "_" or "-".');
  const token = `${tenantId}.${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashOneTimeToken(token) };
}

/** SHA-256 of the whole token in hex. It needs no salt or slow hash, because nobody can guess a secret of 256 bits. */
export function hashOneTimeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The tenant id in a token, or null if its form is invalid. Does not check whether the token is valid. */
export function parseOneTimeToken(token: string): string | null {
  return tokenPattern.exec(token)?.[1] ?? null;
}
