import type { Actor, ChangeService } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { TenantMoveStore } from './tenant-moves.store.ts';
import { isMoving, locationOf } from '../tenant.store.ts';
import type { RecordLocation } from '../tenant.store.ts';

/** The tenant to remove, and the proof that the caller means it and has exported its audit trail. */
export interface Removal {
  readonly tenantId: string;
  /** The name of the tenant, which confirms the removal. */
  readonly name: string;
  /** The digest of its audit trail, as it was exported. */
  readonly digest: string;
}

/**
 * Removes a suspended tenant and all its data. Throws `tenant-not-found`, `default-tenant-fixed`, `tenant-not-suspended`,
 * `tenant-moving`, `audit-not-exported`, and `invalid-input` if the name is wrong.
 */
export type RemoveTenant = (actor: Actor, removal: Removal) => Promise<void>;

export interface TenantRemovalDeps {
  readonly store: Pick<TenantMoveStore, 'read' | 'markDeleted' | 'remove'>;
  readonly changes: ChangeService;
  /** The digest that the tenant's audit trail has now. */
  readonly digestOf: (tenantId: string) => Promise<string>;
  /** Each removes everything of one kind that a tenant owns. The audit trail comes last. */
  readonly purges: readonly ((tenantId: string) => Promise<unknown>)[];
  readonly recordLocation: RecordLocation;
  /** Removes a tenant's own database. */
  readonly dropDatabase: (tenantId: string) => Promise<void>;
}

/**
 * Creates the removal of tenants.
 *
 * One transaction marks the tenant as deleted and records this in the trail of the default tenant. From then on, the tenant does
 * not exist for anybody. Its data is removed after that, which can take long. After an interruption, the same call goes on.
 */
export function createRemoveTenant({ store, changes, digestOf, purges, recordLocation, dropDatabase }: TenantRemovalDeps): RemoveTenant {
  async function decide(actor: Actor, { tenantId, digest }: Removal): Promise<void> {
    const found = await digestOf(tenantId);
    await changes.transact(actor, async (tx) => {
      if (!await store.markDeleted(tx, tenantId)) throw new AppError('tenant-not-suspended');
      if (found !== digest) throw new AppError('audit-not-exported');
      tx.record({
        action: 'tenant.delete', target: { kind: 'tenant', id: tenantId }, before: { status: 'suspended' }, after: { status: 'deleted' },
      });
    });
  }

  return async (actor, removal) => {
    const { tenantId, name } = removal;
    const tenant = await store.read(tenantId);
    if (!tenant) throw new AppError('tenant-not-found');
    if (tenantId === defaultTenantId) throw new AppError('default-tenant-fixed');
    if (tenant.name !== name) throw new AppError('invalid-input', {
      errors: [{ field: 'query.name', message: 'is not the name of this tenant' }],
    });
    if (isMoving(tenant)) throw new AppError('tenant-moving');
    recordLocation(tenantId, locationOf(tenant));
    if (tenant.status !== 'deleted') await decide(actor, removal);
    for (const purge of purges) {
      recordLocation(tenantId, locationOf(tenant)); // again for each kind: entries expire, and a deleted tenant is not moved
      await purge(tenantId);
    }
    if (tenant.isolation === 'database') await dropDatabase(tenantId);
    await store.remove(tenantId);
  };
}
