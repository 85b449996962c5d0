import type { Actor, ChangeService } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import { defaultTenantId } from '../../../platform/database/tenancy/tenant-scope.ts';
import type { TenantMoveStore } from './tenant-moves.store.ts';
import { isMoving, locationOf } from '../tenant.store.ts';
import type { RecordLocation } from '../tenant.store.ts';

/** Which tenant is to go, and what shows that this is meant and nothing is lost by it. */
export interface Removal {
  readonly tenantId: string;
  /** Its name once more. */
  readonly name: string;
  /** Of its audit trail as it was exported. */
  readonly digest: string;
}

/** Throws `tenant-not-found`, `default-tenant-fixed`, `tenant-not-suspended`, `tenant-moving`, `audit-not-exported`, and `invalid-input` for another name. */
export type RemoveTenant = (actor: Actor, removal: Removal) => Promise<void>;

export interface TenantRemovalDeps {
  readonly store: Pick<TenantMoveStore, 'read' | 'markDeleted' | 'remove'>;
  readonly changes: ChangeService;
  /** The digest that the tenant's audit trail has now. */
  readonly digestOf: (tenantId: string) => Promise<string>;
  /** Removes everything of one kind that a tenant owns; the trail as the last. */
  readonly purges: readonly ((tenantId: string) => Promise<unknown>)[];
  readonly recordLocation: RecordLocation;
  /** Removes a tenant's own database. */
  readonly dropDatabase: (tenantId: string) => Promise<void>;
}

/**
 * Creates the removal of tenants.
 *
 * It is decided, and recorded in the default tenant's trail, in one transaction, from which on the tenant is gone for
 * everybody. What it owned is removed after that, however much it is; where that is interrupted, asking again goes on.
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
      recordLocation(tenantId, locationOf(tenant)); // nothing moves it any more, however long this takes
      await purge(tenantId);
    }
    if (tenant.isolation === 'database') await dropDatabase(tenantId);
    await store.remove(tenantId);
  };
}
