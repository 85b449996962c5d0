import { createHash } from 'node:crypto';

/** What is kept of a password. */
export interface StoredPassword {
  readonly hash: string;
  /** Which pepper went into the hash. */
  readonly pepperId: string;
  /** The mark of the hash of the same password that was kept before, of a lower cost. */
  readonly renewedFrom?: string;
}

/** The mark that a hash leaves in the one that takes its place: it tells nothing about the password. */
export function markOf(hash: string): string {
  return createHash('sha256').update(hash).digest('hex');
}

/** Whether what is kept now is still the password that was compared, be it by another hash. */
export function isStill(kept: StoredPassword | undefined, compared: StoredPassword | undefined): boolean {
  return kept?.hash === compared?.hash || (compared !== undefined && kept?.renewedFrom === markOf(compared.hash));
}
