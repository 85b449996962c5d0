import { createHash } from 'node:crypto';

/**
 * The realm of the persons whom a provider names: a digest of where they come from and of what names them.
 *
 * A provider that is pointed at another issuer, or that takes the subject from elsewhere, then matches none of its old identities.
 */
export function realmOf(source: string, subject: unknown): string {
  return createHash('sha256').update(JSON.stringify([source, subject])).digest('hex');
}
