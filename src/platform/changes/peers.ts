import type { OutboxRow } from './outbox.model.ts';

/** What changed, as the other processes of a machine are told. */
export type ChangeNotice = Pick<OutboxRow, 'tenantId' | 'action' | 'target' | 'policy' | 'users'>;

/** The other processes of this machine, which count as one node with this one. */
export interface Peers {
  /** Tells all others; resolves once each has applied it, or is gone. */
  tell(notices: readonly ChangeNotice[]): Promise<void>;
  /** Sets what applies what others tell. */
  onTold(apply: (notices: readonly ChangeNotice[]) => void): void;
  /** The metrics of all of them and of this one together; where it is missing, `GET /metrics` tells those of one alone. */
  readMetrics?(): Promise<string>;
}

/**
 * How long a process may take to apply what it is told before nobody waits for it any longer, in ms.
 *
 * It is how far a node may lag behind at all: after that, a process trusts nothing that it has kept.
 */
export const peerPatience = 2_000;
