import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '../../platform/database/queries/new-id.ts';

export interface ClientSecret {
  /** Returned to the caller once; never stored or logged. */
  readonly secret: string;
  /** Stored instead of the secret. */
  readonly hash: string;
}

const idPattern = /^([A-Za-z0-9_-]{1,39})\.[0-9a-f]{24}$/;

/** Creates a client id: `<tenantId>.<24 hex characters>`. It names the tenant, and no userId has this form. */
export function newClientId(tenantId: string): string {
  return `${tenantId}.${newId()}`;
}

/** The tenant that a client id names; null if the text is no client id. */
export function tenantOfClient(clientId: string): string | null {
  return idPattern.exec(clientId)?.[1] ?? null;
}

/** Creates a secret of 256 random bits in base64url. */
export function makeClientSecret(): ClientSecret {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashClientSecret(secret) };
}

/** SHA-256 in hex. A fast hash is enough, because nobody can guess a secret of 256 bits. */
function hashClientSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Whether a secret has this hash. Without a hash it is false, but takes the same time. */
export function isClientSecret(secret: string, hash: string | undefined): boolean {
  const known = Buffer.from(hash ?? hashClientSecret(''), 'hex');
  return timingSafeEqual(Buffer.from(hashClientSecret(secret), 'hex'), known) && hash !== undefined;
}
