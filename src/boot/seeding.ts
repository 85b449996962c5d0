import type { Connection } from 'mongoose';
import { init } from '../../config/init.ts';
import type { InitReport } from '../../config/init.ts';
import { systemActor } from '../platform/changes/actor.ts';
import { raiseGuard } from '../platform/changes/lock-document.ts';
import { AppError, startError } from '../errors/errors.ts';
import { isDuplicate } from '../platform/database/duplicate.ts';
import { requireSameDatabase } from '../platform/database/handle.ts';
import { buildIndexes } from '../platform/database/indexes.ts';
import { defaultTenantId } from '../platform/database/tenancy/tenant-scope.ts';
import { requireReplicaSet } from '../platform/database/replica-set.ts';
import { inTransaction, rehearse } from '../platform/database/transactions.ts';
import type { SeededRole } from '../features/roles/role.ladder.ts';
import type { Services } from '../services.ts';
import type { Settings } from '../settings/load-settings.ts';
import type { Stores } from '../platform/database/database.ts';
import type { ClientSession } from 'mongoose';

export interface SeedingDeps {
  readonly connection: Connection;
  readonly stores: Stores;
  readonly services: Services;
  readonly settings: Settings;
  readonly roles: readonly SeededRole[];
}

export type Seed = (options?: { readonly dryRun?: boolean }) => Promise<InitReport>;

/** How often a boot looks again after another node was first. */
const maxAttempts = 20;

/**
 * Makes the seeding: indexes, then config/init.ts in one transaction.
 *
 * It rehearses first, and writes only if that would change something; a dry run ends there. Nodes that boot at once
 * serialize on a guard document, and whoever meets the other's work starts over and finds it done.
 */
export function createSeeding({ connection, stores, services, settings, roles }: SeedingDeps): Seed {
  const { changes, passwords, upgradeRoles, seedRole, signingKeys, superadmin, tenantStates, seedTenants } = services;
  const actor = systemActor(defaultTenantId);

  /** Whoever guesses this password has everything: it is held to what any other is. */
  async function hashed({ email, password }: NonNullable<Settings['superadmin']>) {
    try {
      return { email, password: await passwords.hashNew(password, { about: [email] }) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'weak-password') throw error;
      const advice = error.extras.errors?.map(({ message }) => message).join(' ') ?? '';
      throw startError(`SUPERADMIN_PASSWORD is easily guessed. ${advice} Cure: set another one, or remove it together with SUPERADMIN_EMAIL and use the set-up link.`, error);
    }
  }

  return async ({ dryRun = false } = {}) => {
    requireSameDatabase(stores.users.db, connection);
    await requireReplicaSet(connection);
    if (!dryRun) await buildIndexes(Object.values(stores));
    const credentials = settings.superadmin && !(await superadmin.hasPassword(defaultTenantId)) ? await hashed(settings.superadmin) : null;
    const seedIn = (session: ClientSession) => changes.within(session, actor, (tx) => init(tx, roles, credentials, {
      ensureTenant: () => tenantStates.ensureDefault(session),
      ensureSigningKey: () => signingKeys.ensure(session),
      upgradeRoles,
      seedRole,
      ensureSuperadmin: superadmin.ensure,
    }));

    return untilUncontended(async () => {
      const rehearsed = await rehearse(connection, seedIn);
      if (dryRun) return rehearsed;
      const report = !rehearsed.changed ? rehearsed : await inTransaction(connection, async (session) => {
        await raiseGuard(stores.versions, 'init', session);
        return seedIn(session);
      });
      await untilUncontended(seedTenants);
      return report;
    });
  };
}

async function untilUncontended<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      // Another node may have inserted the same thing first.
      if (!isDuplicate(error) || attempt === maxAttempts) throw error;
    }
  }
}
