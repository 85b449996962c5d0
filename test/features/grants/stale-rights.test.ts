import type { UrlDeclaration } from '../../../src/engine/urls/registered-url.ts';
import { bodyOf, writtenRights } from '../../support/answers.ts';
import type { Client } from '../../support/client/client.ts';
import { mountSchool, schoolUrls, statusOf } from '../../support/school.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';

const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });
const [about, classes, student] = ['/school/about', '/school/classes', '/school/student/:studentId'];

const server = await startGatehouse({ settings, urls: schoolUrls, host: mountSchool });

describe('rights after a release with other URLs', () => {
  let next: TestGatehouse | undefined;
  afterEach(async () => {
    await next?.close();
    next = undefined;
  });

  async function release(urls: UrlDeclaration): Promise<{ origin: string; root: Client }> {
    next = await startGatehouse({ database: server.database, logsIn: false, settings, urls, host: mountSchool });
    return { origin: next.origin, root: next.anonymous.withToken(server.superadmin.token ?? '') };
  }
  async function rightsOf(root: Client, type: string): Promise<unknown> {
    return bodyOf(await root.get(`/roles/get-rights?type=${type}`, 200)).rights.map(({ url, stale }) => ({ url, stale }));
  }

  it('a stored right, its URL is no longer registered, shown as stale, opens nothing and can be removed', async () => {
    const type = await server.newRole(classes, student, { url: classes, methods: ['GET'] });
    const { client } = await server.newUser(type);
    next = await startGatehouse({ database: server.database, logsIn: false,
      settings, urls: { auth: { '/school/': ['classes'] } },
      host: (app) => void app.get('/school/classes', (_request, response) => void response.json({})),
    });
    const root = next.anonymous.withToken(server.superadmin.token ?? '');
    expect(await rightsOf(root, type)).toEqual([{ url: classes, stale: false }, { url: student, stale: true }]);
    expect(await statusOf(next.origin, client, 'GET', '/school/classes')).toBe(200);
    expect(await statusOf(next.origin, client, 'GET', '/school/student/1')).toBe(404);
    const role = bodyOf(await root.put('/roles/update-rights', { type, remove: ['/School/Student/:id/'] }, 200));
    expect(writtenRights(role)).toEqual([classes]);
  });

  it('a stored right, its URL was simple and now needs a session, stale until it is granted again', async () => {
    const type = await server.newRole(about);
    const user = await server.newUser(type);
    const { origin, root } = await release({ auth: { '/school/': ['about', 'classes', 'student/:studentId'] } });
    expect(await rightsOf(root, type)).toEqual([{ url: about, stale: true }]);
    expect(await statusOf(origin, user.client, 'GET', about)).toBe(403);
    await root.put('/roles/update-rights', { type, add: ['/School/About/'] }, 200);
    expect(await rightsOf(root, type)).toEqual([{ url: about, stale: false }]);
    expect(await statusOf(origin, user.client, 'GET', about)).toBe(200);
  });

  it('a stored right, its URL became a config URL, stale and opens nothing', async () => {
    const type = await server.newRole(classes);
    const { client } = await server.newUser(type);
    expect(await statusOf(server.origin, client, 'GET', classes)).toBe(200);
    const urls = { simple: { '/school/': ['about'] }, auth: { '/school/': ['student/:studentId'] }, config: { '/school/': ['classes'] } };
    const { origin, root } = await release(urls);
    expect(await rightsOf(root, type)).toEqual([{ url: classes, stale: true }]);
    expect(await statusOf(origin, client, 'GET', classes)).toBe(403);
    expect(await statusOf(origin, root, 'GET', classes)).toBe(200);
    await root.put('/roles/update-rights', { type, add: [classes] }, 422);
  });

  it('two roles of one user, the same URL stale in one of them, the other still opens it', async () => {
    const stale = await server.newRole(about);
    const user = await server.newUser(stale);
    const { origin, root } = await release({ auth: { '/school/': ['about', 'classes', 'student/:studentId'] } });
    await root.post('/roles/create', { roleId: 'fresh', type: 'fresh', rights: [about] }, 201);
    for (const order of [[stale, 'fresh'], ['fresh', stale]]) {
      await root.post('/roles/assign', { userId: user.userId, type: 'guest' }, 200);
      for (const type of order) await root.post('/roles/assign', { userId: user.userId, type, mode: 'add' }, 200);
      expect({ order, status: await statusOf(origin, user.client, 'GET', about) }).toEqual({ order, status: 200 });
    }
  });

  it('a stored right, its URL has another parameter name now, opens it and is removed by the new name', async () => {
    const type = await server.newRole(student);
    const user = await server.newUser(type);
    const { origin, root } = await release({ simple: { '/school/': ['about'] }, auth: { '/school/': ['classes', 'student/:id'] } });
    expect(await statusOf(origin, user.client, 'GET', '/school/student/1')).toBe(200);
    const added = bodyOf(await root.put('/roles/update-rights', { type, add: ['/school/student/:id'] }, 200));
    expect(added.rights).toHaveLength(1);
    const removed = bodyOf(await root.put('/roles/update-rights', { type, remove: ['/school/student/:id'] }, 200));
    expect(removed.rights).toEqual([]);
    expect(await statusOf(origin, user.client, 'GET', '/school/student/1')).toBe(403);
  });
});
