import type { ChangeNotice } from '../../platform/changes/peers.ts';

/** What a worker sends to the primary process. */
export type ToPrimary =
  | { readonly kind: 'join' }
  | { readonly kind: 'tell'; readonly id: number; readonly notices: readonly ChangeNotice[] }
  | { readonly kind: 'applied'; readonly id: number }
  | { readonly kind: 'serving' }
  /** Answers `measure` with the worker's own metrics. */
  | { readonly kind: 'measured'; readonly id: number; readonly text: string }
  /** To be answered with `metrics`. */
  | { readonly kind: 'read-metrics'; readonly id: number }
  /** To be answered with `handed-over`. */
  | { readonly kind: 'hand-over' };

/** What the primary process sends to a worker. */
export type ToWorker =
  | { readonly kind: 'joined' }
  /** To be applied, and answered with `applied`. */
  | { readonly kind: 'told'; readonly id: number; readonly notices: readonly ChangeNotice[] }
  /** Answers `tell`: all others have applied it, or are gone. */
  | { readonly kind: 'heard'; readonly id: number }
  | { readonly kind: 'announce'; readonly database: string; readonly metricsOrigin: string | null }
  | { readonly kind: 'measure'; readonly id: number }
  /** Those of all workers together. */
  | { readonly kind: 'metrics'; readonly id: number; readonly text: string }
  | { readonly kind: 'stop' }
  /** Comes behind the connection that the worker is given if any is waiting. */
  | { readonly kind: 'handed-over' };

/** A worker's side of its channel to the primary process. */
export interface Channel {
  send(message: ToPrimary): void;
  listen(listener: (message: ToWorker) => void): void;
}
