/** A refused request. */
export interface Refusal {
  readonly tenantId: string;
  readonly action: string;
  readonly code: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** How the call came, unless by HTTP. */
  readonly via?: 'code';
  readonly method: string;
  readonly url: string;
}

export interface RefusalLog {
  /** Counts a refusal in memory; never waits and never throws. */
  note(refusal: Refusal): void;
  /** Writes all refusals that were counted since the last write. */
  flush(): Promise<void>;
  /** Writes the rest and stops. */
  close(): Promise<void>;
}
