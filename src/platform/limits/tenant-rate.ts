import { LRUCache } from 'lru-cache';
import { tooManyRequests } from './limit.policy.ts';
import { cacheLimit } from '../cache/cache-limit.ts';

/** Limits the decisions per second of each tenant on this node. */
export interface CheckRates {
  /** Counts a gated request. `perSecond` undefined means no limit. Throws `too-many-requests` while the tenant has no balance left. */
  admit(tenantId: string, perSecond: number | undefined): void;
  /** Counts further decisions, or fractions of one, of an admitted request. It never refuses; later requests wait for the balance. */
  spend(tenantId: string, decisions: number): void;
}

interface Account {
  readonly perSecond: number;
  balance: number;
  at: number;
}

const mostTenants = 10_000;

/**
 * Creates the limits. Each tenant has a balance of at most the decisions of one second, which is refilled as time passes.
 *
 * `monotonic` is in ms and never goes back.
 */
export function createCheckRates(monotonic: () => number = () => performance.now()): CheckRates {
  const accounts = new LRUCache<string, Account>(cacheLimit(mostTenants));

  function accountOf(tenantId: string, perSecond: number): Account {
    const now = monotonic();
    const known = accounts.get(tenantId);
    if (known?.perSecond !== perSecond) return open(tenantId, perSecond, now);
    known.balance = Math.min(perSecond, known.balance + ((now - known.at) / 1_000) * perSecond);
    known.at = now;
    return known;
  }

  function open(tenantId: string, perSecond: number, at: number): Account {
    const account = { perSecond, balance: perSecond, at };
    accounts.set(tenantId, account);
    return account;
  }

  return {
    admit(tenantId, perSecond) {
      if (perSecond === undefined) {
        accounts.delete(tenantId);
        return;
      }
      const account = accountOf(tenantId, perSecond);
      if (account.balance < 1) throw tooManyRequests(
        { name: 'checks', quota: perSecond, windowSeconds: 1 }, ((1 - account.balance) / perSecond) * 1_000,
      );
      account.balance -= 1;
    },
    spend(tenantId, decisions) {
      const account = accounts.get(tenantId);
      if (account) account.balance -= decisions;
    },
  };
}
