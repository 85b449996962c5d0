/** The right set of a session, and the versions for which it is valid. */
export interface NotedRights {
  readonly rightSetId: string;
  readonly policyVersion: number;
  readonly accessVersion: number;
  /** When an assignment starts or ends. */
  readonly changesAt: Date | null;
}
