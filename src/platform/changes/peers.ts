import type { OutboxRow } from './outbox.model.ts';

/** A notice of a change for the other processes of a machine. */
export type ChangeNotice = Pick<OutboxRow, 'tenantId' | 'action' | 'target' | 'policy' | 'users'>;

/** The other processes of this machine. Together with this process, they count as one node. */
export interface Peers {
  /** Sends notices to all others. Resolves when each of them has applied the notices or has ended. */
  tell(notices: readonly ChangeNotice[]): Promise<void>;
  /** Sets the function that applies notices of others. */
  onTold(apply: (notices: readonly ChangeNotice[]) => void): void;
  /** The metrics of all processes together. If it is absent, `GET /metrics` shows the metrics of this process alone. */
  readMetrics?(): Promise<string>;
}

/**
 * Longest time that a sender waits until another process has applied its notices, in ms.
 *
 * It equals the maximum lag of a node: after this time, a process does not trust its own caches any more.
 */
export const peerPatience = 2_000;
