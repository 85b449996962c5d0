import { createHash } from 'node:crypto';
import type { UrlRegistry } from '../../../engine/urls/url-registry.ts';
import { systemActor } from '../../../platform/changes/actor.ts';
import type { ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { isStartError } from '../../../errors/errors.ts';
import type { SeededRole, SeedRole } from '../../roles/role.types.ts';
import type { TenantRecordStore } from '../tenant-records.store.ts';
import { locationOf } from '../tenant.store.ts';
import type { RecordLocation } from '../tenant.store.ts';

/** Gives tenants their built-in roles. Each tenant has its own copy of every declared role except the superadmin. */
export interface TenantRoles {
  /** Gives the actor's tenant each declared role that it has never had; answers the digest of the declarations. */
  seed(tx: ChangeTransaction): Promise<string>;
  /**
   * Does that for every tenant that was seeded with other declarations or indexes; answers how many there are.
   * A tenant whose stored data prevents it is reported and stays as it was.
   */
  seedAll(): Promise<number>;
}

export interface TenantRoleDeps {
  readonly store: Pick<TenantRecordStore, 'readSeededOtherwise' | 'edit'>;
  readonly changes: ChangeService;
  readonly registry: () => UrlRegistry;
  /** The declarations of the roles that tenants have. */
  readonly declarations: readonly SeededRole[];
  readonly seedRole: SeedRole;
  readonly recordLocation: RecordLocation;
  /** Called for a tenant whose stored data prevents the seeding. */
  readonly onFault: (tenant: string, error: Error) => void;
  /** The databases of tenants that have their own. */
  readonly databases: { indexes(): string; prepare(tenantId: string): Promise<void> };
}

export function createTenantRoles(
  { store, changes, registry, declarations, seedRole, recordLocation, onFault, databases }: TenantRoleDeps,
): TenantRoles {
  const wanted = (): string => digestOf(declarations, registry(), databases.indexes());

  async function seed(tx: ChangeTransaction): Promise<string> {
    for (const declaration of declarations) await seedRole(tx, declaration);
    return wanted();
  }

  /** An administrator must mend the data of that tenant. The server still starts and serves the others. */
  async function unlessItsOwnFault(tenant: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isStartError(error)) throw error;
      onFault(tenant, error);
    }
  }

  return {
    seed,
    async seedAll() {
      const behind = await store.readSeededOtherwise(wanted());
      for (const { _id, name, ...tenant } of behind) {
        recordLocation(_id, locationOf(tenant));
        await unlessItsOwnFault(name, async () => {
          if (tenant.isolation === 'database') await databases.prepare(_id);
          await changes.transact(systemActor(_id), async (tx) => {
            await store.edit(tx, _id, { seededWith: await seed(tx) });
          });
        });
      }
      return behind.length;
    },
  };
}

/** The digest of everything that seeding depends on: the declarations, the URLs that they name, and the indexes of own databases. */
function digestOf(declarations: readonly SeededRole[], { urls }: UrlRegistry, indexes: string): string {
  const listed = urls.map(({ url, methods, access, tenantAdmin }) => [url, methods, access, tenantAdmin]);
  return createHash('sha256').update(JSON.stringify([declarations, listed, indexes])).digest('hex');
}
