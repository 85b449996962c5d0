import type { EventPosition } from './event-position.model.ts';
import type { EventPositionStore, LeaseKey, EventPlace } from './event-position.store.ts';

/** The right of this process to deliver to the listeners with one name. At most one process has it. */
export interface Lease {
  readonly position: EventPosition;
  /** Throws if another process may have the lease by now. Call it before each delivery. */
  requireHeld(): void;
  /** Stores a place. Throws if another process has the lease. */
  advance(place: EventPlace): Promise<void>;
  /** Ends the lease, so that another process can deliver at once. */
  release(): Promise<void>;
  /** Renews the lease no more, so that it runs out while a listener still runs. */
  abandon(): void;
}

/** Takes the lease of a name; null if another process has it. */
export type TakeLease = (name: string) => Promise<Lease | null>;

export interface LeaseDeps {
  readonly positions: EventPositionStore;
  /** Names this process. */
  readonly holder: string;
  /** ms since 1970 */
  readonly clock: () => number;
  /** Called if a lease could not be renewed. */
  readonly onError: (error: unknown) => void;
}

/** After how long another process takes the lease of one that has ended without a word, in ms. */
const leaseLifetime = 5_000;

/** Time between two renewals, in ms. */
const renewal = 1_000;

const lost = 'The lease of this listener ran out, or another process has it.';

/** Creates the function that takes leases. They are renewed until they are released, or lost. */
export function createTakeLease({ positions, holder, clock, onError }: LeaseDeps): TakeLease {
  const endOf = () => new Date(clock() + leaseLifetime);

  return async (name) => {
    // Two clocks: one stands still while the machine sleeps, and somebody may set the other.
    const endNow = () => ({ steady: performance.now() + leaseLifetime, shown: clock() + leaseLifetime });
    let heldUntil = endNow();
    const position = await positions.take(name, holder, new Date(clock()), endOf());
    if (!position) return null;
    const key: LeaseKey = { _id: name, fence: position.fence };
    let [isRenewing, isAbandoned] = [false, false];

    async function renew(): Promise<void> {
      if (isRenewing) return;
      isRenewing = true;
      // Counted from before the write: another process counts from no earlier moment.
      const end = endNow();
      const isHeld = await positions.renew(key, endOf()).catch((error: unknown) => onError(error));
      if (isHeld === true && !isAbandoned) heldUntil = end;
      if (isHeld === false) abandon();
      isRenewing = false;
    }

    const timer = setInterval(() => void renew(), renewal);
    timer.unref();
    function abandon(): void {
      clearInterval(timer);
      isAbandoned = true;
      heldUntil = { steady: -Infinity, shown: -Infinity };
    }
    return {
      position,
      requireHeld() {
        if (performance.now() >= heldUntil.steady || clock() >= heldUntil.shown) throw new Error(lost);
      },
      async advance(place) {
        if (!await positions.advance(key, place)) throw new Error(lost);
      },
      abandon,
      async release() {
        clearInterval(timer);
        await positions.release(key).catch(onError);
      },
    };
  };
}
