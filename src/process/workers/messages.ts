import type { ChangeNotice } from '../../platform/changes/peers.ts';

/** A message from a worker to the primary process. */
export type ToPrimary =
  | { readonly kind: 'join' }
  | { readonly kind: 'tell'; readonly id: number; readonly notices: readonly ChangeNotice[] }
  | { readonly kind: 'applied'; readonly id: number }
  | { readonly kind: 'serving' }
  /** Answers `measure` with the worker's own metrics. */
  | { readonly kind: 'measured'; readonly id: number; readonly text: string }
  /** The primary process answers with `metrics`. */
  | { readonly kind: 'read-metrics'; readonly id: number }
  /** The primary process answers with `handed-over`. */
  | { readonly kind: 'hand-over' };

/** A message from the primary process to a worker. */
export type ToWorker =
  | { readonly kind: 'joined' }
  /** The worker applies the notices and answers with `applied`. */
  | { readonly kind: 'told'; readonly id: number; readonly notices: readonly ChangeNotice[] }
  /** Answers `tell`: all other workers have applied the notices or have ended. */
  | { readonly kind: 'heard'; readonly id: number }
  | { readonly kind: 'announce'; readonly database: string; readonly metricsOrigin: string | null }
  | { readonly kind: 'measure'; readonly id: number }
  /** Answers `read-metrics` with the sum of the metrics of all workers. */
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string }
  | { readonly kind: 'stop' }
  /** Answers `hand-over`. If a connection is waiting, the worker gets it before this message. */
  | { readonly kind: 'handed-over' };

/** A worker's side of its channel to the primary process. */
export interface Channel {
  send(message: ToPrimary): void;
  listen(listener: (message: ToWorker) => void): void;
}
