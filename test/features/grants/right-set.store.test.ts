import { createRightSetModel } from '../../../src/features/grants/right-set.model.ts';
import { createRightSetStore } from '../../../src/features/grants/right-set.store.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

const { connection } = await createDatabase();
const store = createRightSetStore(createRightSetModel(connection));
const [expiresAt, tenantId] = [new Date('2100-01-01'), 'a'];
const content = {
  roles: [{ roleId: 'r', type: 't', name: 'n' }], roleTypes: ['t'], memberships: ['projects/1'],
  rights: [
    { name: 'load', path: '/items/', url: '/items/load', methods: ['GET' as const], access: 'auth' as const },
    { name: 'me', path: '/profile/', url: '/profile/me', access: 'auth' as const },
  ],
  permissions: ['read:items' as const], policies: [{ effect: 'deny' as const, actions: ['read'], resources: ['items/*'] }],
  isSuperadmin: false,
};

describe('the store of right sets', () => {
  it('ensure, stores every part of it, and reads it as it was', async () => {
    await store.ensure(tenantId, 'whole', content, expiresAt);
    expect(await store.readComplete(tenantId, 'whole')).toEqual({ ...content, _id: 'whole', tenantId, expiresAt });
  });

  it('ensure, something that it has no place for, is refused and stores nothing', async () => {
    const more = { ...content, isRoot: true };
    await expect(store.ensure(tenantId, 'more', more, expiresAt)).rejects.toThrow('isRoot');
    expect(await store.read(tenantId, 'more')).toBeNull();
  });
});
