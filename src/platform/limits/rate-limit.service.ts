import { createLoginBackoff } from './login-backoff.ts';
import { createLimitBlocks } from './local-blocks.ts';
import type { LimitCounters } from './shared-counters.store.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { tooManyRequests } from './limit.policy.ts';
import type { LimitKey, LimitPolicy } from './limit.policy.ts';
import { createPasswordLimits } from './password-limits.ts';
import type { PasswordLimits } from './password-limits.ts';

/** The rate limits of all nodes together. */
export interface RateLimits extends PasswordLimits {
  /** Counts one use. Throws `too-many-requests` if the quota of the window is used up; a refused use does not count. */
  take(policy: LimitPolicy, key: LimitKey): Promise<void>;
  /** The same for a response that must not reveal the limit: answers false if the quota is used up. */
  tryToTake(policy: LimitPolicy, key: LimitKey): Promise<boolean>;
  /** Undoes a use that had no effect. */
  giveBack(policy: LimitPolicy, key: LimitKey): Promise<void>;
}

export interface RateLimitDeps {
  readonly counters: LimitCounters;
  /** Must use a key of the server, so that the stored keys do not reveal to whom they belong. */
  readonly digest: (text: string) => string;
  /** Seconds of the delay of the n-th delayed password attempt; by default 1, 2, 4 and so on up to 900. */
  readonly delaySeconds?: (step: number) => number;
}

/**
 * Creates the limits on rate-limiter-flexible and MongoDB.
 *
 * A window begins with its first use and ends by the real clock. When this node has found a quota used up, it refuses further uses
 * without a database call until the window or the delay ends. If the database fails, nothing is allowed: the error is thrown.
 */
export function createRateLimits({ counters, digest, delaySeconds }: RateLimitDeps): RateLimits {
  const blocks = createLimitBlocks();
  const queue = createKeyedQueue();

  function keyOf({ tenantId, subject }: LimitKey, purpose: string): string {
    return `${tenantId}:${purpose}:${digest(JSON.stringify([tenantId, purpose, subject]))}`;
  }

  /** Answers 0, or how long the quota stays used up, in ms. */
  async function use(policy: LimitPolicy, owner: LimitKey): Promise<number> {
    const key = keyOf(owner, policy.name);
    return blocks.left(key) || queue.enter(() => queue.inTurn(key, async () => {
      const left = blocks.left(key);
      if (left > 0) return left;
      const { count, milliseconds } = await counters.add(key, policy.windowSeconds);
      if (count <= policy.quota) return 0;
      blocks.block(key, milliseconds);
      await counters.takeBack(key, policy.windowSeconds);
      return Math.max(1, milliseconds);
    }));
  }

  return {
    async take(policy, key) {
      const wait = await use(policy, key);
      if (wait > 0) throw tooManyRequests(policy, wait);
    },
    tryToTake: async (policy, key) => (await use(policy, key)) === 0,
    async giveBack(policy, owner) {
      const key = keyOf(owner, policy.name);
      blocks.lift(key);
      await counters.takeBack(key, policy.windowSeconds);
    },
    ...createPasswordLimits(createLoginBackoff({ counters, blocks, queue, keyOf, ...(delaySeconds && { delaySeconds }) })),
  };
}
