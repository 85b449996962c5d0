import { tooManyRequests } from './limit.policy.ts';
import type { LimitKey, LimitPolicy } from './limit.policy.ts';
import type { LimitBlocks } from './local-blocks.ts';
import type { LimitCounters } from './shared-counters.store.ts';
import type { KeyedQueue } from './keyed-queue.ts';

/** Where tries at a password are counted. */
export interface Bucket extends LimitKey {
  /** Its `quota` is how many failures are free in a window. */
  readonly policy: LimitPolicy;
  /** What is counted, in keys: buckets of two purposes never meet. */
  readonly purpose: string;
  /** Whether others share it. A right password empties a bucket of one's own, and takes back its own try from a shared one. */
  readonly isShared: boolean;
}

/** A try at a password, counted as a failure until it says otherwise. */
export interface PasswordTry {
  /** The password was right. */
  succeeded(): Promise<void>;
  /** The password was not compared at all, so that nothing was learned: the try counts as never made. */
  withdrawn(): Promise<void>;
}

/**
 * Counts a try before its password is compared. Throws `too-many-requests`.
 *
 * It stands apart from asking what this node knows, so that nobody is counted, which costs database calls, who then finds
 * no place to be compared.
 */
export type BeginTry = () => Promise<PasswordTry>;

export interface LoginBackoffDeps {
  readonly counters: LimitCounters;
  readonly blocks: LimitBlocks;
  readonly queue: KeyedQueue;
  /** The stored form of a key. */
  readonly keyOf: (key: LimitKey, purpose: string) => string;
  /** Seconds to wait after the n-th try that had to wait, n from 1; it never shrinks as n grows. */
  readonly delaySeconds?: (step: number) => number;
}

interface Named {
  readonly bucket: Bucket;
  readonly keys: ReturnType<typeof partsOf>;
}

interface Counted extends Named {
  /** ms since 1970, until when this try keeps others away; 0 for a free one. */
  readonly delaysUntil: number;
}

const maxDelaySeconds = 15 * 60;

/** 1 s, 2 s, 4 s and so on, up to 15 minutes. */
function doubling(step: number): number {
  return Math.min(2 ** (step - 1), maxDelaySeconds);
}

/**
 * Creates the limit for tries at passwords: a number of failures is free in a window, and from then on one try at a time is
 * let through, each after a longer delay.
 *
 * A try counts before its password is compared, and atomically for all nodes, so that many at once are no way around it.
 * What is refused does not count. Throws `too-many-requests`, without a database call if this node knows the delay.
 */
export function createLoginBackoff({ counters, blocks, queue, keyOf, delaySeconds = doubling }: LoginBackoffDeps) {
  function refuseDelayed(all: readonly Named[]): void {
    for (const { bucket: { policy }, keys: { base } } of all) {
      const left = blocks.left(base);
      if (left > 0) throw tooManyRequests(policy, left);
    }
  }

  async function count({ bucket, keys }: Named): Promise<Counted> {
    const { policy } = bucket;
    refuseDelayed([{ bucket, keys }]);
    const { count: failures, milliseconds } = await counters.add(keys.failures, policy.windowSeconds);
    if (failures < policy.quota) return { bucket, keys, delaysUntil: 0 };
    const wait = await counters.claim(keys.delay, delaySeconds(1));
    if (wait > 0) {
      blocks.block(keys.base, wait);
      await counters.takeBack(keys.failures, policy.windowSeconds);
      throw tooManyRequests(policy, wait);
    }
    // Only those let through raise the step: tries at once that are refused must not make the delay longer.
    const { count: step } = await counters.add(keys.step, milliseconds / 1_000);
    const delay = delaySeconds(step);
    await counters.extend(keys.delay, delay);
    blocks.block(keys.base, delay * 1_000);
    return { bucket, keys, delaysUntil: Date.now() + delay * 1_000 };
  }

  async function undo({ bucket: { policy }, keys, delaysUntil }: Counted): Promise<void> {
    await counters.takeBack(keys.failures, policy.windowSeconds);
    if (delaysUntil === 0) return;
    await counters.takeBack(keys.step, policy.windowSeconds);
    // A delay that is over may have been followed by another one's.
    if (Date.now() >= delaysUntil) return;
    blocks.lift(keys.base);
    await counters.forget([keys.delay]);
  }

  async function empty({ base, failures, delay, step }: Named['keys']): Promise<void> {
    blocks.lift(base);
    await counters.forget([failures, delay, step]);
  }

  async function countAll(all: readonly Named[]): Promise<Counted[]> {
    refuseDelayed(all);
    const counted: Counted[] = [];
    try {
      for (const each of all) counted.push(await queue.inTurn(each.keys.base, () => count(each)));
      return counted;
    } catch (error) {
      // A database that fails here as well leaves the try counted, which errs on the safe side.
      await Promise.allSettled(counted.map(undo));
      throw error;
    }
  }

  /** Refuses a try that this node knows to be delayed. The returned function counts the try in each bucket or, if one refuses it, in none. */
  function attempt(buckets: readonly Bucket[]): BeginTry {
    const all = buckets.map((bucket) => ({ bucket, keys: partsOf(keyOf(bucket, bucket.purpose)) }));
    refuseDelayed(all);
    return async () => {
      const counted = await queue.enter(() => countAll(all));
      return {
        async succeeded() {
          await Promise.all(counted.map((each) => (each.bucket.isShared ? undo(each) : empty(each.keys))));
        },
        async withdrawn() {
          await Promise.all(counted.map(undo));
        },
      };
    };
  }

  return {
    attempt,
    /** Forgets the failures of a bucket. */
    forget: (bucket: Omit<Bucket, 'policy' | 'isShared'>) => empty(partsOf(keyOf(bucket, bucket.purpose))),
  };
}

function partsOf(base: string) {
  return { base, failures: `${base}:failures`, delay: `${base}:delay`, step: `${base}:step` };
}
