import { createHash, randomInt } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { ProviderStore } from '../provider.store.ts';

/** Makes a login and the end of its provider at the same moment conflict, so that no session outlives the provider. */
export interface LoginLocks {
  /**
   * Checks in the transaction that opens a session that the provider is active at this revision.
   *
   * Throws `provider-not-found`.
   */
  requireActive(tx: ChangeTransaction, providerId: string, revision: number): Promise<void>;
  /** Waits for, or ends, the logins of a provider that are being stored. */
  shutOut(tx: ChangeTransaction, providerId: string): Promise<void>;
}

/** A login writes to one of this many documents, so that few logins wait for each other. The end of a provider writes to all. */
const perProvider = 16;
/** The documents of all providers together, so that a deleted provider leaves none behind. */
const documents = 64;

export interface LoginLocksDeps {
  readonly store: Pick<ProviderStore, 'find'>;
  readonly lockDocument: (name: string, session: ClientSession) => Promise<void>;
}

/** Creates the locks of logins through providers. */
export function createLoginLocks({ store, lockDocument }: LoginLocksDeps): LoginLocks {
  const lock = (session: ClientSession, providerId: string, index: number) => {
    const first = createHash('sha256').update(providerId).digest().readUInt32BE();
    return lockDocument(`provider logins ${(first + index) % documents}`, session);
  };

  return {
    async requireActive(tx, providerId, revision) {
      await lock(tx.session, providerId, randomInt(perProvider));
      const provider = await store.find(tx.actor.tenantId, providerId, tx);
      if (provider?.status !== 'active' || provider.live?.revision !== revision) throw new AppError('provider-not-found');
    },
    async shutOut({ session }, providerId) {
      for (let index = 0; index < perProvider; index += 1) await lock(session, providerId, index);
    },
  };
}
