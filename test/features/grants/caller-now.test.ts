import type { Caller } from '../../../src/engine/caller.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { createCallerNow } from '../../../src/features/grants/caller-now.ts';
import type { CallerNowDeps } from '../../../src/features/grants/caller-now.ts';
import { inTransaction } from '../../../src/platform/database/transactions.ts';
import { registryOf } from '../../engine/registries.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

const grantsOf = (isSuperadmin: boolean) => compileGrants(registryOf({}), { rights: [], policies: [], isSuperadmin });
const caller: Caller = { userId: 'ann', tenantId: 'acme', homeTenantId: 'default', sessionId: 's', username: 'ann', roles: [
  'old',
], roleTypes: [], attributes: {}, grants: grantsOf(true) };
type Locked = NonNullable<Awaited<ReturnType<CallerNowDeps['lock']>>>;
const ann: Locked = {
  _id: 'ann', tenantId: 'default', roles: ['new', 'ended'], roleTimes: [{ roleId: 'ended', validUntil: new Date(1_000) }], isActive: true,
};

const database = await createDatabase();

function watchCallerNow(found: Locked | null, stillSuperadmin = true) {
  const locked: string[] = [];
  const now = grantsOf(stillSuperadmin);
  const callerNow = createCallerNow({
    lock: (tenantId, principalId) => { locked.push(`${tenantId} ${principalId}`); return Promise.resolve(found); },
    resolveGrants: () => Promise.resolve({ roles: [], roleTypes: [], memberships: [], granted: [], changesAt: null }),
    compile: () => now, clock: () => 1_000,
  });
  return { locked, now, inOne: <T>(work: (read: (of?: Caller) => Promise<Caller>) => Promise<T>) => inTransaction(
    database.connection, (session) => work((of = caller) => callerNow(of, session)),
  ) };
}

describe('a caller inside a transaction', () => {
  it('is locked in their own tenant and has the roles and rights of this moment, read once', async () => {
    const { locked, now: grants, inOne } = watchCallerNow(ann);
    const read = await inOne(async (now) => [await now(), await now()]);
    expect(read[0]).toEqual({ ...caller, roles: ['new'], grants });
    expect(read[0]?.grants).toBe(grants);
    expect(read[1]).toEqual(read[0]);
    expect(locked).toEqual(['default ann']);
  });

  it('of another tenant or another id, keeps the own tenant and is read by itself', async () => {
    const { locked, inOne } = watchCallerNow(ann);
    const elsewhere = { ...caller, tenantId: 'globex' };
    const bob = { ...caller, userId: 'bob', username: 'bob' };
    const read = await inOne(async (now) => [await now(), await now(elsewhere), await now(bob)]);
    expect(read.map(({ tenantId, userId }) => [tenantId, userId])).toEqual([['acme', 'ann'], ['globex', 'ann'], ['acme', 'bob']]);
    expect(locked).toEqual(['default ann', 'default bob']);
  });

  it('is read again in the next transaction', async () => {
    const { locked, inOne } = watchCallerNow(ann);
    await inOne((now) => now());
    await inOne((now) => now());
    expect(locked).toHaveLength(2);
  });

  it('of another tenant, who is no superadmin any more, is refused', async () => {
    const { inOne } = watchCallerNow(ann, false);
    await expect(inOne((now) => now())).rejects.toMatchObject({ code: 'tenant-not-yours' });
    const { homeTenantId: _none, ...atHome } = caller;
    await expect(inOne((now) => now({ ...atHome, tenantId: 'default' }))).resolves.toMatchObject({ userId: 'ann' });
  });

  it('who was deleted or disabled meanwhile, is refused', async () => {
    await expect(watchCallerNow(null).inOne((now) => now())).rejects.toMatchObject({ code: 'session-ended' });
    await expect(watchCallerNow({ ...ann, isActive: false }).inOne((now) => now())).rejects.toMatchObject({ code: 'user-disabled' });
  });
});
