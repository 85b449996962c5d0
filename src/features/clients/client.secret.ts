import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '../../platform/database/queries/new-id.ts';

export interface ClientSecret {
  /** Returned to the caller once; never stored or logged. */
  readonly secret: string;
  /** Stored in its place. */
  readonly hash: string;
}

const idPattern = /^([A-Za-z0-9_-]{1,39})\.[0-9a-f]{24}$/;

/** A new client id, which names its tenant: `<tenantId>.<24 hex characters>`; no user has one of this form. */
export function newClientId(tenantId: string): string {
  return `${tenantId}.${newId()}`;
}

/** The tenant that a client id names; null if it does not have the form of one. */
export function tenantOfClient(clientId: string): string | null {
  return idPattern.exec(clientId)?.[1] ?? null;
}

/** Creates a secret of 256 random bits in base64url. */
export function makeClientSecret(): ClientSecret {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashClientSecret(secret) };
}

/** SHA-256 in hex: enough for a secret of 256 bits, which nobody can guess. */
function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret is the one of a hash; takes as long without a hash, and is then false. */
export function isClientSecret(secret: string, hash: string | undefined): boolean {
  const known = Buffer.from(hash ?? hashClientSecret(''), 'hex');
  return timingSafeEqual(Buffer.from(hashClientSecret(secret), 'hex'), known) && hash !== undefined;
}
