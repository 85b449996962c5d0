import { createCheckProviders } from '../../../../src/features/sso/trials/check-providers.ts';
import type { CheckProvidersDeps } from '../../../../src/features/sso/trials/check-providers.ts';
import type { CheckedProvider } from '../../../../src/features/sso/trials/check-providers.ts';
import { AppError } from '../../../../src/errors/errors.ts';

/** 3 tenants with 10 providers each, in pages of 4. */
function setUp(checkWithoutLogin: CheckProvidersDeps['checkWithoutLogin']) {
  const pageOf = (all: readonly object[], cursor = '0') => {
    const from = Number(cursor);
    const nextCursor = from + 4 < all.length ? String(from + 4) : null;
    return Promise.resolve({ items: all.slice(from, from + 4), nextCursor }) as Promise<never>; // the fields that are read
  };
  const many = (count: number, make: (index: number) => object) => Array.from({ length: count }, (_, index) => make(index));
  return createCheckProviders({
    readTenants: (_filter, { cursor }) => pageOf(many(3, (index) => ({ _id: `t${index}`, name: `tenant ${index}` })), cursor),
    store: { load: (tenantId, _filter, { cursor }) => (
      pageOf(many(10, (index) => ({ _id: `${tenantId}.${index}`, providerName: 'p' })), cursor)) },
    checkWithoutLogin,
  });
}

describe('a check of all providers', () => {
  it('checks each once, some at the same time, and reports them in their order', async () => {
    const running = { now: 0, most: 0 };
    const check = setUp(async (providerId) => {
      running.most = Math.max(running.most, running.now += 1);
      await new Promise((resolve) => { setTimeout(resolve, providerId.endsWith('0') ? 20 : 1); });
      running.now -= 1;
      return [{ step: 'keys', ok: true, received: `eyJ.${'a1B'.repeat(20)}` }];
    });
    const seen: CheckedProvider[] = [];
    await check((checked) => seen.push(checked));
    expect(seen.map(({ providerId }) => providerId)).toEqual(
      ['t0', 't1', 't2'].flatMap((tenant) => Array.from({ length: 10 }, (_, index) => `${tenant}.${index}`)),
    );
    expect(seen[10]).toMatchObject({ tenant: 'tenant 1', steps: [{ step: 'keys', ok: true, received: '[removed]' }] });
    expect(running.most).toBeGreaterThan(1);
    expect(running.most).toBeLessThanOrEqual(8);
  });

  it('goes on after a provider that was deleted in the meantime, and fails with the database', async () => {
    const gone = setUp((id) => (id === 't0.3' ? Promise.reject(new AppError('provider-not-found')) : Promise.resolve([])));
    let count = 0;
    await gone(() => { count += 1; });
    expect(count).toBe(30);
    const broken = setUp((id) => (id === 't1.3' ? Promise.reject(new Error('away')) : Promise.resolve([])));
    await expect(broken(() => undefined)).rejects.toThrow('away');
  });
});
