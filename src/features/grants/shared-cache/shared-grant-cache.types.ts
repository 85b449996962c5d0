import type { RightSetContent } from '../right-set.types.ts';

/** A principal and the versions of their rights. At the same versions they hold the same, until an assignment starts or ends. */
export interface GrantCacheKey {
  readonly tenantId: string;
  readonly kind: 'user' | 'client';
  readonly id: string;
  readonly policyVersion: number;
  readonly accessVersion: number;
}

/** Effective grants of principals that some node has read before: a second cache, which all nodes share. */
export interface SharedGrantCache {
  /**
   * Reads what is cached; undefined if nothing is. The caller must have read the versions from the database just now: only this
   * keeps old rights from counting.
   */
  recall(at: GrantCacheKey): Promise<RightSetContent | undefined>;
  /** Caches the content. The versions must have been read at the same moment as the content. Never rejects. */
  keep(at: GrantCacheKey, content: RightSetContent): Promise<void>;
}
