import { tooManyRequests } from './limit.policy.ts';
import type { LimitKey, LimitPolicy } from './limit.policy.ts';
import type { LimitBlocks } from './local-blocks.ts';
import type { LimitCounters } from './shared-counters.store.ts';
import type { KeyedQueue } from './keyed-queue.ts';

/** A counter of attempts at a password. */
export interface Bucket extends LimitKey {
  /** Its `quota` is the number of failures without a delay in a window. */
  readonly policy: LimitPolicy;
  /** Part of the key, so that buckets of different purposes are separate. */
  readonly purpose: string;
  /** Whether several users share it. A correct password empties an own bucket, but undoes only its own attempt in a shared one. */
  readonly isShared: boolean;
}

/** An attempt at a password. It counts as a failure until one of these methods is called. */
export interface PasswordTry {
  /** The password was correct. */
  succeeded(): Promise<void>;
  /** The password was not compared, so the caller has learned nothing. The attempt does not count. */
  withdrawn(): Promise<void>;
}

/**
 * Counts an attempt before its password is compared. Throws `too-many-requests`.
 *
 * Counting is a second step, so that a caller whom the full password queue refuses costs no database call.
 */
export type BeginTry = () => Promise<PasswordTry>;

export interface LoginBackoffDeps {
  readonly counters: LimitCounters;
  readonly blocks: LimitBlocks;
  readonly queue: KeyedQueue;
  /** The stored form of a key. */
  readonly keyOf: (key: LimitKey, purpose: string) => string;
  /** Seconds to wait after the n-th delayed attempt, n from 1. It must not shrink as n grows. */
  readonly delaySeconds?: (step: number) => number;
}

interface Named {
  readonly bucket: Bucket;
  readonly keys: ReturnType<typeof partsOf>;
}

interface Counted extends Named {
  /** The end of the delay that this attempt caused, in ms since 1970; 0 if it caused none. */
  readonly delaysUntil: number;
}

const maxDelaySeconds = 15 * 60;

/** The default delays: 1 s, 2 s, 4 s and so on, up to 15 minutes. */
function doubling(step: number): number {
  return Math.min(2 ** (step - 1), maxDelaySeconds);
}

/**
 * Creates the limit for attempts at passwords. A number of failures in a window is free. After that, one attempt at a time is
 * allowed, each after a longer delay.
 *
 * An attempt counts before its password is compared, and atomically for all nodes. Many attempts at once therefore do not bypass
 * the limit. A refused attempt does not count. Throws `too-many-requests`, without a database call if this node knows the delay.
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
    // Only an allowed attempt raises the step. Refused attempts at the same time must not make the delay longer.
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
    // After the end of this delay, another attempt may have caused its own.
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
      // If the database fails here too, the attempt stays counted, which is the safe side.
      await Promise.allSettled(counted.map(undo));
      throw error;
    }
  }

  /**
   * Refuses an attempt if this node knows a delay for it. The returned function counts the attempt in all buckets. If one of them
   * refuses, it counts in none.
   */
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
    /** Removes the failures and the delay of a bucket. */
    forget: (bucket: Omit<Bucket, 'policy' | 'isShared'>) => empty(partsOf(keyOf(bucket, bucket.purpose))),
  };
}

function partsOf(base: string) {
  return { base, failures: `${base}:failures`, delay: `${base}:delay`, step: `${base}:step` };
}
