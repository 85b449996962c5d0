import { createHash, randomBytes } from 'node:crypto';

export interface OneTimeToken {
  /** Goes to the user, once; never stored or logged. */
  readonly token: string;
  /** Stored in its place. */
  readonly hash: string;
}

const tenantPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The tenant, and 32 bytes in base64url: 43 characters, the last of which carries four bits only. */
const tokenPattern = /^([A-Za-z0-9_-]{1,64})\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Makes an opaque token of 256 random bits that names its tenant: `<tenantId>.<43 base64url characters>`.
 *
 * Throws for a tenant id that could not be told apart again: anything but 1 to 64 letters, digits, `_` and `-`.
 */
export function makeOneTimeToken(tenantId: string): OneTimeToken {
  if (!tenantPattern.test(tenantId)) throw new TypeError('A tenant id has 1 to 64 letters, digits, "_" or "-".');
  const token = `${tenantId}.${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashOneTimeToken(token) };
}

/** SHA-256 of the whole token in hex: enough for a secret of 256 bits, which nobody can guess. */
export function hashOneTimeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** The id of the tenant a token names, or null when it does not have the form of one; says nothing about whether it is good. */
export function parseOneTimeToken(token: string): string | null {
  return tokenPattern.exec(token)?.[1] ?? null;
}
