import { createLoginBackoff } from './login-backoff.ts';
import { createLimitBlocks } from './local-blocks.ts';
import type { LimitCounters } from './shared-counters.store.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { tooManyRequests } from './limit.policy.ts';
import type { LimitKey, LimitPolicy } from './limit.policy.ts';
import { createPasswordLimits } from './password-limits.ts';
import type { PasswordLimits } from './password-limits.ts';

/** How often something may be done, counted for all nodes together. */
export interface RateLimits extends PasswordLimits {
  /** Counts one use. Throws `too-many-requests` where the quota of the window is used up; that does not count. */
  take(policy: LimitPolicy, key: LimitKey): Promise<void>;
  /** The same for where the answer must not tell: false where the quota is used up. */
  tryToTake(policy: LimitPolicy, key: LimitKey): Promise<boolean>;
  /** Takes back a use that came to nothing. */
  giveBack(policy: LimitPolicy, key: LimitKey): Promise<void>;
}

export interface RateLimitDeps {
  readonly counters: LimitCounters;
  /** Under a key of the server's: without it, the stored keys do not tell whose they are. */
  readonly digest: (text: string) => string;
  /** Seconds of the delay of the n-th password try that has to wait; by default 1, 2, 4 and so on up to 900. */
  readonly delaySeconds?: (step: number) => number;
}

/**
 * Creates the limits on rate-limiter-flexible and MongoDB.
 *
 * Windows begin with their first use and run by the real clock. What this node has found used up, it refuses without a
 * database call until the window or delay ends. A database that fails lets nothing through: its error is thrown on.
 */
export function createRateLimits({ counters, digest, delaySeconds }: RateLimitDeps): RateLimits {
  const blocks = createLimitBlocks();
  const queue = createKeyedQueue();

  function keyOf({ tenantId, subject }: LimitKey, purpose: string): string {
    return `${tenantId}:${purpose}:${digest(JSON.stringify([tenantId, purpose, subject]))}`;
  }

  /** Answers 0, or how many ms the quota stays used up. */
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
