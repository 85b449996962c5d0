import { createHash } from 'node:crypto';

/** The stored form of a password. */
export interface StoredPassword {
  readonly hash: string;
  /** The id of the pepper of this hash. */
  readonly pepperId: string;
  /** The mark of the replaced hash of the same password, which had a lower cost. */
  readonly renewedFrom?: string;
}

/** The mark of a hash, which the hash that replaces it stores. It reveals nothing about the password. */
export function markOf(hash: string): string {
  return createHash('sha256').update(hash).digest('hex');
}

/** Whether the stored password is still the one that was compared, even if its hash was renewed. */
export function isStill(kept: StoredPassword | undefined, compared: StoredPassword | undefined): boolean {
  return kept?.hash === compared?.hash || (compared !== undefined && kept?.renewedFrom === markOf(compared.hash));
}
