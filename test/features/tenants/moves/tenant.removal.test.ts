import type { Model } from 'mongoose';
import type { Change, ChangeTransaction } from '../../../../src/platform/changes/change.service.ts';
import { createRemoveTenant } from '../../../../src/features/tenants/moves/tenant.removal.ts';
import { createTenantMoveStore } from '../../../../src/features/tenants/moves/tenant-moves.store.ts';
import type { Tenant } from '../../../../src/features/tenants/tenant.model.ts';

const actor = { tenantId: 'default', userId: 'root', sessionId: 's', ip: null, userAgent: null, requestId: null };
const removal = { tenantId: 'a', name: 'acme', digest: 'exported' };

/** A stored tenant like this; everything that is done to it is noted in its order. */
function watchRemoval(
  tenant: Partial<Tenant> | null, { digest = 'exported', isStillSuspended = true, purge = () => Promise.resolve() } = {},
) {
  const seen: string[] = [];
  const remove = createRemoveTenant({
    store: createTenantMoveStore({
      findOne: () => ({ lean: () => Promise.resolve(tenant && { _id: 'a', name: 'acme', status: 'suspended', ...tenant }) }),
      updateOne: (filter: object) => { seen.push(`mark ${JSON.stringify(filter)}`); return Promise.resolve(
        { modifiedCount: isStillSuspended ? 1 : 0 },
      ); },
      deleteOne: (filter: object) => Promise.resolve(seen.push(`delete ${JSON.stringify(filter)}`)),
    } as unknown as Model<Tenant>), // as much of it as is used
    changes: { transact: (_actor: unknown, work: (tx: ChangeTransaction) => Promise<unknown>) => work(
      { session: null, record: ({ action }: Change) => seen.push(`record ${action}`) } as unknown as ChangeTransaction,
    ) } as never, // no other part of it is used
    digestOf: () => Promise.resolve(digest),
    purges: [async () => { seen.push('purge roles'); await purge(); }, () => Promise.resolve(seen.push('purge trail'))],
    recordLocation: (tenantId, placement) => void seen.push(`place ${tenantId} ${placement}`),
    dropDatabase: (tenantId) => { seen.push(`drop ${tenantId}`); return Promise.resolve(); },
  });
  return { seen, remove };
}
const marked = 'mark {"_id":"a","status":"suspended","movingTo":{"$exists":false}}';
const deleted = 'delete {"_id":"a","status":"deleted"}';

describe('the removal of a tenant', () => {
  it('marks it, records that, removes what it owned, and then the tenant', async () => {
    const { seen, remove } = watchRemoval({});
    await remove(actor, removal);
    expect(seen.filter((each) => !each.startsWith('place')))
      .toEqual([marked, 'record tenant.delete', 'purge roles', 'purge trail', deleted]);
    expect(seen.filter((each) => each.startsWith('place'))).toEqual(['place a shared', 'place a shared', 'place a shared']);
  });

  it('with a database of its own, drops that before the tenant is gone', async () => {
    const { seen, remove } = watchRemoval({ isolation: 'database' });
    await remove(actor, removal);
    expect(seen.slice(-2)).toEqual(['drop a', deleted]);
    expect(seen).toContain('place a database');
  });

  it('that was interrupted, continues without a second record, although the digest has changed', async () => {
    const { seen, remove } = watchRemoval({ status: 'deleted' }, { digest: 'another' });
    await remove(actor, removal);
    expect(seen.filter((each) => !each.startsWith('place'))).toEqual(['purge roles', 'purge trail', deleted]);
  });

  it('that fails half way, leaves the tenant to be removed again', async () => {
    const { seen, remove } = watchRemoval({}, { purge: () => Promise.reject(new Error('no answer')) });
    await expect(remove(actor, removal)).rejects.toThrow('no answer');
    expect(seen).not.toContain(deleted);
  });

  it.each<[string, Parameters<typeof watchRemoval>[0], Parameters<typeof watchRemoval>[1], typeof removal, string]>([
    ['that is not there', null, {}, removal, 'tenant-not-found'],
    ['that is the default one', { _id: 'default' }, {}, { ...removal, tenantId: 'default' }, 'default-tenant-fixed'],
    ['by another name', {}, {}, { ...removal, name: 'other' }, 'invalid-input'],
    ['that is moving', { movingTo: 'database' }, {}, removal, 'tenant-moving'],
    ['that has moved and not tidied up', { leftIn: 'shared' }, {}, removal, 'tenant-moving'],
    ['that was resumed meanwhile', {}, { isStillSuspended: false }, removal, 'tenant-not-suspended'],
    ['whose trail has grown since its export', {}, { digest: 'another' }, removal, 'audit-not-exported'],
  ])('%s, is refused, and nothing is removed', async (_what, tenant, more, asked, code) => {
    const { seen, remove } = watchRemoval(tenant, more);
    await expect(remove(actor, asked)).rejects.toMatchObject({ code });
    expect(seen.filter((each) => /^(purge|drop|delete|record)/.test(each))).toEqual([]);
  });
});
