import type { ContestantName } from './contestants.ts';
import type { DecideFigures } from './measure.ts';
import type { ModelSize } from './policies.ts';

/** The figures of each contestant at one size; null: it was left out. */
export interface SizeResult extends ModelSize, Readonly<Record<ContestantName, DecideFigures | null>> {
  /** Lines of policy: rights that some role has. */
  readonly policies: number;
  /** Why a contestant was left out. */
  readonly skipped: Partial<Record<ContestantName, string>>;
}

export interface DecideResults {
  /** By registered URLs. */
  readonly urls: readonly SizeResult[];
  /** By roles. */
  readonly roles: readonly SizeResult[];
  /** 1,000 decisions about permissions under conditions, in ms. */
  readonly bulk: number;
}
