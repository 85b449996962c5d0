import type { AnswerAt, BodyAt } from '../../support/client/routes.ts';
import { codeOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

type WhoCan = AnswerAt<'POST', '/permissions/who-can', 200>;

const known = ['read:items'].map((permission) => ({ permission, description: `May ${permission}.` }));

describe('who can', () => {
  let server: TestGatehouse;
  let readers: TestUser[];
  let rootId: string;
  beforeAll(async () => {
    server = await startGatehouse({ permissions: known });
    await server.superadmin.post(
      '/roles/create', { roleId: 'reader', type: 'reader', rights: ['/audit/load'], permissions: ['read:items'] }, 201,
    );
    await server.superadmin.post('/roles/create', { roleId: 'at-home', type: 'at-home', rights: [], policies: [
      { effect: 'allow', actions: ['read'], resources: ['files'], conditions: [{ type: 'ip', ranges: ['10.0.0.0/8'] }] },
    ] }, 201);
    await server.superadmin.post('/roles/create', { roleId: 'owner', type: 'owner', rights: [], policies: [{ effect: 'allow', actions: [
      'read',
    ], resources: ['notes'], conditions: [{ type: 'attribute', left: 'resource.ownerId', operator: 'eq', right: 'subject.id' }] }] }, 201);
    readers = [await server.newUser('reader'), await server.newUser('reader'), await server.newUser('reader')];
    await server.newUser();
    rootId = (await server.stores.users.findOne({ tenantId: 'default', email: 'root@example.com' }).lean())?._id ?? '';
  });
  const ask = async (body: BodyAt<'POST', '/permissions/who-can'>, client = server.superadmin) => (await client.post(
    '/permissions/who-can', body, 200,
  )).body;
  const idsOf = ({ items }: WhoCan) => items.map(({ userId }) => userId).sort();
  const everybody = () => [...readers.map(({ userId }) => userId), rootId].sort();

  it('a permission, names all users who hold it and what gives it to them', async () => {
    const found = await ask({ action: 'read', resource: 'items/7' });
    expect(idsOf(found)).toEqual(everybody());
    expect(found).toMatchObject({ complete: true, nextCursor: null, count: 4 });
    expect(found.items.find(({ userId }) => userId === readers[0]?.userId)).toEqual({
      userId: readers[0]?.userId, email: readers[0]?.email,
      by: { kind: 'permission', permission: 'read:items', policy: { effect: 'allow', actions: ['read'], resources: ['items'] } },
      via: { kind: 'role', id: 'reader' },
    });
    expect(found.items.find(({ userId }) => userId === rootId)?.by).toEqual({ kind: 'superadmin' });
  });

  it('a URL, names those who hold the right; one that nobody registered, is 404', async () => {
    const found = await ask({ method: 'GET', url: '/audit/load' });
    expect(idsOf(found)).toEqual(everybody());
    expect(found.complete).toBe(true);
    expect(codeOf(await server.superadmin.post('/permissions/who-can', { method: 'GET', url: '/nowhere' }, 404))).toBe('unknown-url');
  });

  it('page after page, names each user once, and is complete only with the last', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: WhoCan = await ask({ action: 'read', resource: 'items', limit: 2, ...(cursor !== null && { cursor }) });
      expect(page.complete).toBe(page.nextCursor === null);
      seen.push(...idsOf(page));
      cursor = page.nextCursor;
      pages += 1;
    } while (cursor !== null);
    expect(seen.sort()).toEqual(everybody());
    expect(pages).toBeGreaterThan(1);
  });

  it('what depends on a network or a resource that nobody named, is not complete; named, it is', async () => {
    const [home, owner] = [await server.newUser('at-home'), await server.newUser('owner')];
    expect(await ask({ action: 'read', resource: 'files' })).toMatchObject({ complete: false, items: [{ userId: rootId }] });
    expect(await ask({ action: 'read', resource: 'notes' })).toMatchObject({ complete: false, items: [{ userId: rootId }] });
    const found = await ask({ action: 'read', resource: 'notes', attributes: { ownerId: owner.userId } });
    expect(idsOf(found)).toEqual([owner.userId, rootId].sort());
    expect(found.complete).toBe(true);
    for (const { userId } of [home, owner]) await server.superadmin.post('/admin/disable-user', { userId }, 200);
    expect(await ask({ action: 'read', resource: 'files' })).toMatchObject({ complete: true });
  });

  it('a user who is disabled, is not named; a caller without the right, is refused', async () => {
    const user = await server.newUser('reader');
    await server.superadmin.post('/admin/disable-user', { userId: user.userId }, 200);
    expect(idsOf(await ask({ action: 'read', resource: 'items' }))).toEqual(everybody());
    expect((await readers[0]?.client.post('/permissions/who-can', { action: 'read', resource: 'items' }))?.status).toBe(403);
  });
});
