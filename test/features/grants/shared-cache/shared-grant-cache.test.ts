import { listUrls } from '../../../../src/engine/urls/registered-url.ts';
import { createUrlRegistry } from '../../../../src/engine/urls/url-registry.ts';
import type { EntryPart, SignedEntries } from '../../../../src/platform/cache/signed-entries.ts';
import { createSharedGrantCache } from '../../../../src/features/grants/shared-cache/shared-grant-cache.ts';
import type { SharedGrantCacheDeps } from '../../../../src/features/grants/shared-cache/shared-grant-cache.ts';
import type { GrantCacheKey } from '../../../../src/features/grants/shared-cache/shared-grant-cache.types.ts';
import type { RightSetContent } from '../../../../src/features/grants/right-set.types.ts';

const now = 1_000_000;
const at: GrantCacheKey = { tenantId: 'tenant', kind: 'user', id: 'id', policyVersion: 3, accessVersion: 5 };
const content: RightSetContent = {
  roles: [{ roleId: 'r1', type: 'reader', name: 'Reader' }], roleTypes: ['guest', 'reader'], memberships: ['projects/1'],
  rights: [{ name: 'load', path: '/items/', url: '/items/load', methods: ['GET'], access: 'auth' }, {
    name: 'me', path: '/profile/', url: '/profile/me', access: 'auth',
  }],
  permissions: ['read:items'],
  policies: [
    { effect: 'allow', actions: ['read'], resources: ['items'] },
    { effect: 'deny', actions: ['manage'], resources: ['items/*'], conditions: [
      { type: 'time', days: ['mon'], from: '08:00', to: '18:00', zone: 'Europe/Berlin' },
      { type: 'attribute', left: 'resource.level', operator: 'in', right: { value: [1, 'x', true] } },
    ] },
  ],
  isSuperadmin: false, changesAt: null,
};
const registryOf = (...names: string[]) => createUrlRegistry(listUrls([{ auth: { '/items/': names } }]));
const registry = registryOf('load', 'store');

function keepInMap(deps: Partial<SharedGrantCacheDeps> = {}, kept = new Map<string, unknown>()) {
  const state = { now };
  const times: number[] = [];
  const keyOf = (name: readonly EntryPart[]) => JSON.stringify(name);
  const entries: SignedEntries = {
    read: (name) => Promise.resolve(kept.get(keyOf(name))),
    write(name, value, milliseconds) {
      kept.set(keyOf(name), JSON.parse(JSON.stringify(value)));
      times.push(milliseconds);
      return Promise.resolve();
    },
  };
  return { kept, state, times, cache: createSharedGrantCache(
    { entries, place: 'database.users', registry: () => registry, clock: () => state.now, ...deps },
  ) };
}

describe('what somebody holds, in the second cache', () => {
  it('is returned unchanged for five minutes, although the server keeps it longer', async () => {
    const { cache, state, times } = keepInMap();
    await cache.keep(at, content);
    expect(await cache.recall(at)).toEqual(content);
    expect(times).toEqual([300_000]);
    state.now += 299_999;
    expect(await cache.recall(at)).toEqual(content);
    state.now += 1;
    expect(await cache.recall(at)).toBeUndefined();
  });

  it('counts until an assignment starts or ends, and no longer', async () => {
    const { cache, state, times } = keepInMap();
    const changing = { ...content, changesAt: new Date(now + 10_000) };
    await cache.keep(at, changing);
    expect(times).toEqual([10_000]);
    state.now += 9_999;
    expect(await cache.recall(at)).toEqual(changing);
    state.now += 1;
    expect(await cache.recall(at)).toBeUndefined();
    await cache.keep(at, changing);
    expect(times).toEqual([10_000]);
  });

  it('with a change in an hour, still counts for five minutes alone', async () => {
    const { cache, times } = keepInMap();
    await cache.keep(at, { ...content, changesAt: new Date(now + 3_600_000) });
    expect(times).toEqual([300_000]);
  });

  it.each<[string, Partial<GrantCacheKey>]>([
    ['another tenant', { tenantId: 'other' }],
    ['another user', { id: 'other' }],
    ['a client with the same id', { kind: 'client' }],
    ['a raised version of policies', { policyVersion: 4 }],
    ['a raised version of access', { accessVersion: 6 }],
    ['versions in each other\'s place', { policyVersion: 5, accessVersion: 3 }],
    ['versions that read the same side by side', { policyVersion: 35, accessVersion: 0 }],
  ])('is not found for %s', async (_what, other) => {
    const { cache } = keepInMap();
    await cache.keep(at, content);
    expect(await cache.recall({ ...at, ...other })).toBeUndefined();
  });

  it('is not found by nodes that serve other URLs, nor by another Gatehouse', async () => {
    const { cache, kept } = keepInMap();
    await cache.keep(at, content);
    const others = [
      { registry: () => registryOf('load') }, { registry: () => registryOf('load', 'store', 'more') },
      { registry: () => registryOf('load', 'Store') },
      { registry: () => createUrlRegistry(listUrls([{ config: { '/items/': ['load', 'store'] } }])) }, { place: 'database.other_users' },
    ];
    for (const other of others) expect(await keepInMap(other, kept).cache.recall(at)).toBeUndefined();
    expect(await keepInMap({ registry: () => registryOf('load', 'store') }, kept).cache.recall(at)).toEqual(content);
  });

  it('of another shape than this version writes, is not taken', async () => {
    const { cache, kept } = keepInMap();
    await cache.keep(at, content);
    const [[key = '', whole] = []] = kept;
    const wrong = [
      undefined, null, [], 'text', {}, { ...content }, { ...whole as object, rights: [{ url: '/items/load' }] },
      { ...whole as object, isSuperadmin: 'no' }, { ...whole as object, until: null },
      { ...whole as object, policies: [{ effect: 'maybe', actions: [], resources: [] }] }, { ...whole as object, changesAt: 'soon' },
      { ...whole as object, roleTypes: undefined },
      ...['roleId', 'type', 'name'].map((field) => ({ ...whole as object, roles: [{ ...content.roles[0], [field]: undefined }] })),
    ];
    for (const each of wrong) {
      kept.set(key, each);
      expect(await cache.recall(at)).toBeUndefined();
    }
    kept.set(key, whole);
    expect(await cache.recall(at)).toEqual(content);
  });
});
