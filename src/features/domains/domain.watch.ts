import type { Logger } from 'pino';
import { describeError } from '../../errors/describe-error.ts';
import { systemActor } from '../../platform/changes/actor.ts';
import type { ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { DomainClaim } from './domain.model.ts';
import type { ProveDomain } from './domain.proof.ts';
import { domainAuditView } from './domain.shape.ts';
import type { DomainStore } from './domain.store.ts';

/** Looks up the records of verified domains again, each once a day, on one of the nodes. */
export interface DomainWatch {
  /** Begins with the checks that are due now, and looks for others every minute. */
  begin(): void;
  /** Begins no further check, and waits for the one that is running. */
  close(): Promise<void>;
}

export interface DomainWatchDeps {
  readonly store: Pick<DomainStore, 'takeDue' | 'find' | 'write'>;
  readonly changes: ChangeService;
  readonly prove: ProveDomain;
  /** The administrators of the tenant of a transaction: their userIds. */
  readonly adminsOf: (tx: ChangeTransaction) => Promise<readonly string[]>;
  /** Loads the location of a tenant, which has the audit trail; undefined if it is known already. */
  readonly ensureLocated: (tenantId: string) => Promise<unknown> | undefined;
  readonly clock: () => number;
  readonly logger: Pick<Logger, 'warn'>;
}

const hour = 3_600_000;

/** Time between two checks of a domain, in ms. */
export const checkInterval = 24 * hour;

/** How long a record may be gone until its domain proves nothing, in ms. */
const patience = 7 * 24 * hour;

/** All in ms. A check that got no answer is repeated after `retry`. A node that takes a check has `lease` for it. */
const times = { poll: 60_000, retry: hour, lease: 5 * 60_000 };

/** Creates the watch over verified domains. */
export function createDomainWatch(
  { store, changes, prove, adminsOf, ensureLocated, clock, logger }: DomainWatchDeps,
): DomainWatch {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function checkAllDue(): Promise<void> {
    for (;;) {
      const now = clock();
      const claim = isClosed ? null : await store.takeDue(new Date(now), new Date(now + times.lease));
      if (!claim) return;
      await check(claim).catch((error: unknown) => {
        logger.warn({ err: describeError(error), domain: claim.domain }, 'the record of a domain was not checked and will be again');
      });
    }
  }

  async function check(taken: DomainClaim): Promise<void> {
    const proof = await prove(taken.domain, taken.token);
    await ensureLocated(taken.tenantId);
    await changes.transact(systemActor(taken.tenantId), async (tx) => {
      const claim = await store.find(taken.tenantId, taken.domain, tx);
      // Somebody has removed or verified it in the meantime.
      if (claim?._id !== taken._id || claim.nextCheckAt?.getTime() !== taken.nextCheckAt?.getTime()) return;
      const now = clock();
      const missingSince = claim.missingSince?.getTime() ?? now;
      const next = (pause: number) => ({ nextCheckAt: new Date(now + pause) });
      if (proof === 'unknown') await store.write(tx, claim._id, next(times.retry));
      else if (proof === 'found') {
        await store.write(tx, claim._id, { checkedAt: new Date(now), missingSince: undefined, ...next(checkInterval) });
      } else if (now - missingSince < patience) {
        const left = missingSince + patience - now;
        await store.write(tx, claim._id, { missingSince: new Date(missingSince), ...next(Math.min(checkInterval, left)) });
      } else await lose(tx, claim);
    });
  }

  /** The domain proves nothing from now on, and the administrators are told. */
  async function lose(tx: ChangeTransaction, claim: DomainClaim): Promise<void> {
    await store.write(tx, claim._id, { status: 'lost', nextCheckAt: undefined });
    tx.record({
      action: 'domain.lose', target: { kind: 'domain', id: claim.domain },
      before: domainAuditView(claim), after: domainAuditView({ ...claim, status: 'lost' }),
    });
    for (const userId of await adminsOf(tx)) tx.mail({ kind: 'domain-lost', userId, topic: claim.domain });
  }

  function run(): void {
    running = checkAllDue()
      .catch((error: unknown) => { logger.warn({ err: describeError(error) }, 'the records of domains could not be checked'); })
      .finally(() => { if (!isClosed) timer = setTimeout(run, times.poll).unref(); });
  }

  return {
    begin: run,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
