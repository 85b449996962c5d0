import type { Express } from 'express';
import type { Logger } from 'pino';
import type { UrlRegistry } from '../engine/urls/url-registry.ts';
import { AppError } from '../errors/errors.ts';

/** The state of one Gatehouse: its registered URLs, whether its gate is open, and whether it is stopping. */
export interface Lifecycle {
  /** The registered URLs. Throws `not-ready` before the census. */
  registry(): UrlRegistry;
  /** The same for the gate: null until the gate is open. */
  openRegistry(): UrlRegistry | null;
  /** The app whose routes are known; null before the census. */
  served(): Express | null;
  isOpen(): boolean;
  isDraining(): boolean;
  /** Stores the app and its URLs after the census. */
  learn(app: Express, registry: UrlRegistry): void;
  /** Notes that `init` was called, so that the log does not ask for it. */
  beginInit(): void;
  open(): void;
  drain(): void;
  close(): void;
}

const initMissing = 'every request is answered 503 until gatehouse.init(app) is called: call it before the app listens';

/** Creates the state of a Gatehouse before its start. */
export function createLifecycle({ logger }: { readonly logger: Pick<Logger, 'error'> }): Lifecycle {
  let known: { readonly app: Express; readonly registry: UrlRegistry } | null = null;
  let isInitNoted = false;
  let isOpen = false;
  let isDraining = false;

  return {
    registry() {
      if (!known) throw new AppError('not-ready');
      return known.registry;
    },
    openRegistry() {
      if (isOpen && known) return known.registry;
      if (!isInitNoted) logger.error(initMissing);
      isInitNoted = true;
      return null;
    },
    served: () => known?.app ?? null,
    isOpen: () => isOpen,
    isDraining: () => isDraining,
    learn(app, registry) { known = { app, registry }; },
    beginInit() { isInitNoted = true; },
    open() { isOpen = true; },
    drain() { isDraining = true; },
    close() { isOpen = false; },
  };
}
