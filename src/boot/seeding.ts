import { init } from '../../config/init.ts';
import type { InitReport, InitSteps } from '../../config/init.ts';
import { AppError, startError } from '../errors/errors.ts';
import type { SeededRole } from '../features/roles/role.types.ts';
import type { SigningKeyService } from '../features/signing-keys/signing-key.service.ts';
import type { TenantStates } from '../features/tenants/tenant.store.ts';
import type { SuperadminService } from '../features/users/superadmin/superadmin.service.ts';
import { systemActor } from '../platform/changes/actor.ts';
import type { Database } from '../platform/database/database.ts';
import { isDuplicate } from '../platform/database/queries/duplicate.ts';
import { requireReplicaSet } from '../platform/database/replica-set.ts';
import type { ClientSession } from '../platform/database/session.ts';
import { defaultTenantId } from '../platform/database/tenancy/tenant-scope.ts';
import { inTransaction, rehearse } from '../platform/database/transactions.ts';
import type { Platform } from '../platform/platform.ts';
import type { Settings } from '../settings/load-settings.ts';

export interface SeedingDeps extends Pick<Platform, 'changes' | 'connection' | 'passwords' | 'lockDocument'>, Pick<InitSteps, 'seedRole'> {
  readonly database: Pick<Database, 'requireSame' | 'buildIndexes'>;
  readonly keys: Pick<SigningKeyService, 'ensure'>;
  readonly superadmin: SuperadminService;
  readonly tenants: Pick<TenantStates, 'ensureDefault' | 'hasDefault'>;
  /** Gives each tenant the declared roles that it has never had. */
  readonly seedTenants: () => Promise<unknown>;
  readonly settings: Pick<Settings, 'superadmin'>;
  readonly roles: readonly SeededRole[];
}

export type Seed = (options?: { readonly dryRun?: boolean }) => Promise<InitReport>;

/** Maximum number of attempts if another node seeds at the same time. */
const maxAttempts = 20;

/**
 * Creates the seeding: indexes, then config/init.ts in one transaction.
 *
 * On a database that was seeded before, it first rehearses, and writes only if something would change. A dry run ends after the
 * rehearsal. Nodes that start at the same time wait for each other at a lock document. The second one starts over and finds that
 * everything is done.
 */
export function createSeeding({
  changes, connection, passwords, lockDocument, database, keys, superadmin, tenants, seedTenants, seedRole, settings, roles,
}: SeedingDeps): Seed {
  const actor = systemActor(defaultTenantId);

  /** Checks the password in the settings like any other, because the superadmin may do everything. */
  async function hashed({ email, password }: NonNullable<Settings['superadmin']>) {
    try {
      return { email, password: await passwords.hashNew(password, { about: [email] }) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'weak-password') throw error;
      const advice = error.extras.errors?.map(({ message }) => message).join(' ') ?? '';
      throw startError(
        `SUPERADMIN_PASSWORD is easily guessed. ${advice} `
        + 'Set another one, or remove it together with SUPERADMIN_EMAIL and use the set-up link.',
        error,
      );
    }
  }

  return async ({ dryRun = false } = {}) => {
    database.requireSame();
    await requireReplicaSet(connection);
    if (!dryRun) await database.buildIndexes();
    const credentials = settings.superadmin && !(await superadmin.hasPassword(defaultTenantId)) ? await hashed(settings.superadmin) : null;
    const seedIn = (session: ClientSession) => changes.within(session, actor, (tx) => init(tx, roles, credentials, {
      ensureTenant: () => tenants.ensureDefault(session),
      ensureSigningKey: () => keys.ensure(session),
      seedRole,
      ensureSuperadmin: superadmin.ensure,
    }));

    const write = () => inTransaction(connection, async (session) => {
      await lockDocument('init', session);
      return seedIn(session);
    });

    if (dryRun) return untilUncontended(() => rehearse(connection, seedIn));
    return untilUncontended(async () => {
      const rehearsed = await tenants.hasDefault() ? await rehearse(connection, seedIn) : undefined;
      const report = rehearsed?.changed === false ? rehearsed : await write();
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
      // Another node may have inserted the same document first.
      if (!isDuplicate(error) || attempt === maxAttempts) throw error;
    }
  }
}
