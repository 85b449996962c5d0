import { resolveRights } from '../../../src/engine/grants/right.ts';
import { createRightSetService } from '../../../src/features/grants/right-set.service.ts';
import type { RightSetContent } from '../../../src/features/grants/right-set.types.ts';
import { registryOf } from '../../engine/registries.ts';

const registry = registryOf({ auth: { '/': ['items'] } });
const content: RightSetContent = {
  roles: [{ roleId: 'r', type: 't', name: 'n' }], roleTypes: ['t'], memberships: ['projects/1'], rights: [], permissions: ['read:items'],
  policies: [{ effect: 'allow', actions: ['read'], resources: ['items'] }], isSuperadmin: false, changesAt: null,
};
const others: readonly (readonly [string, Partial<RightSetContent>])[] = [
  ['another roleId', { roles: [{ roleId: 'other', type: 't', name: 'n' }] }],
  ['another type', { roles: [{ roleId: 'r', type: 'other', name: 'n' }] }],
  ['another name', { roles: [{ roleId: 'r', type: 't', name: 'other' }] }],
  ['another type of all roles', { roleTypes: ['other'] }], ['another membership', { memberships: ['projects/2'] }],
  ['another right', { rights: resolveRights(registry, ['/items'], '').rights }], ['another permission', { permissions: ['write:items'] }],
  ['another policy', { policies: [{ effect: 'deny', actions: ['read'], resources: ['items'] }] }], ['a superadmin', { isSuperadmin: true }],
];

describe('the id of a right set', () => {
  const service = createRightSetService({
    registry: () => registry, onLookup: () => undefined,
    store: { ensure: () => Promise.resolve(), readComplete: () => Promise.resolve(null), read: () => Promise.resolve(null) },
  });
  const idOf = async (tenantId: string, more: Partial<RightSetContent> = {}) => (
    await service.ensure(tenantId, { ...content, ...more }, new Date(0))).id;

  it('of equal content in one tenant is the same, whenever the grants change; in another tenant it is another', async () => {
    expect(await idOf('a', { changesAt: new Date(1) })).toBe(await idOf('a'));
    expect(await idOf('b')).not.toBe(await idOf('a'));
  });

  it.each(others)('with %s, is another', async (_what, more) => {
    expect(await idOf('a', more)).not.toBe(await idOf('a'));
  });
});
