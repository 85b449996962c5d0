import { writeCursor } from '../../../src/platform/database/page.ts';
import { defaultTenantId } from '../../../src/platform/database/tenancy/tenant-scope.ts';
import { codeOf, cursorOf, recordsOf, rolesOf, sessionsOf, usersOf } from '../../support/answers.ts';
import type { Answer } from '../../support/client.ts';
import { startServer } from '../../support/server.ts';
import type { TestServer, TestUser } from '../../support/server.ts';

describe('lists', () => {
  let server: TestServer;
  let user: TestUser;
  beforeAll(async () => {
    server = await startServer();
    for (let count = 0; count < 7; count += 1) await server.newUser(await server.newRole());
    user = await server.newUser();
    for (let count = 0; count < 4; count += 1) await server.anonymous.logIn(user.email, user.password);
  });
  afterAll(() => server.close());

  const lists: readonly (readonly [string, (answer: Answer) => string[]])[] = [
    ['/admin/load-users', (answer) => usersOf(answer).map(({ userId }) => userId)],
    ['/roles/load', (answer) => rolesOf(answer).map(({ roleId }) => roleId)],
    ['/admin/load-sessions', (answer) => sessionsOf(answer).map(({ sessionId }) => sessionId)],
    ['/audit/load?result=done', (answer) => recordsOf(answer).map(({ recordId }) => recordId)],
  ];
  const withQuery = (url: string, query: string) => `${url}${url.includes('?') ? '&' : '?'}${query}`;

  async function pages(url: string, limit: number, keysOf: (answer: Answer) => string[]): Promise<string[][]> {
    const found: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer: Answer = await server.superadmin.get(withQuery(url, `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`), 200);
      found.push(keysOf(answer));
      cursor = cursorOf(answer);
    }
    return found;
  }

  it.each(lists)('%s, read in pages of three, each item once, in order, pages full but the last', async (url, keysOf) => {
    const all = keysOf(await server.superadmin.get(withQuery(url, 'limit=200'), 200));
    expect(all.length).toBeGreaterThan(6);
    const read = await pages(url, 3, keysOf);
    expect(read.flat()).toEqual(all);
    expect(read.slice(0, -1).every((page) => page.length === 3)).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(lists)('%s, a page that ends with the list, no cursor follows', async (url, keysOf) => {
    const { length } = keysOf(await server.superadmin.get(withQuery(url, 'limit=200'), 200));
    expect(cursorOf(await server.superadmin.get(withQuery(url, `limit=${length}`), 200))).toBeNull();
    expect(cursorOf(await server.superadmin.get(withQuery(url, `limit=${length - 1}`), 200))).not.toBeNull();
  });

  it.each(lists)('%s, a limit out of 1 to 200 or a cursor of other characters, refused', async (url) => {
    for (const query of ['limit=0', 'limit=201', 'limit=1.5', 'limit=-1', 'cursor=$', 'cursor=', 'limit=5&limit=5']) {
      expect(codeOf(await server.superadmin.get(withQuery(url, query), 422))).toBe('invalid-input');
    }
  });

  it.each(lists)('%s, a cursor that is made up, of another list, or of the same list with other filters, refused', async (url) => {
    const others = [['/admin/load-users?active=true', ''], ...lists].map(([other = '']) => other).filter((other) => other !== url);
    for (const other of others) {
      const cursor = cursorOf(await server.superadmin.get(withQuery(other, 'limit=1'), 200)) ?? '';
      const answer = await server.superadmin.get(withQuery(url, `cursor=${cursor}`), 422);
      expect(JSON.stringify(answer.body)).toContain('query.cursor');
    }
    for (const text of ['', 'zzz', '{"$gt":""}', '\0', '5', '\u00ff']) {
      const cursor = Buffer.from(text).toString('base64url') || 'A';
      expect(codeOf(await server.superadmin.get(withQuery(url, `cursor=${cursor}`), 422))).toBe('invalid-input');
    }
  });

  it('/admin/load-users, filter and cursor, pages of the filtered list', async () => {
    expect(await pages('/admin/load-users?active=true&role=guest', 5, (answer) => usersOf(answer).map(({ userId }) => userId))).toHaveLength(2);
  });

  it('/roles/load, a filter together with a cursor, both count', async () => {
    const last = rolesOf(await server.superadmin.get('/roles/load', 200)).at(-1)?.roleId ?? '';
    const cursorFrom = (position: string) => writeCursor(['roles', defaultTenantId, { roleId: last }], position);
    expect(rolesOf(await server.superadmin.get(`/roles/load?roleId=${last}&cursor=${cursorFrom('')}`, 200))).toHaveLength(1);
    expect(rolesOf(await server.superadmin.get(`/roles/load?roleId=${last}&cursor=${cursorFrom(last)}`, 200))).toEqual([]);
  });

  it('/profile/sessions, of a user with five, all of theirs, the asking one marked', async () => {
    const answer = await user.client.get('/profile/sessions', 200);
    expect(sessionsOf(answer)).toHaveLength(5);
    expect(new Set(sessionsOf(answer).map(({ userId }) => userId))).toEqual(new Set([user.userId]));
    expect((answer.body as { items: { current: boolean }[] }).items.filter(({ current }) => current)).toHaveLength(1); // held against /openapi.json
  });

  it('/admin/load-sessions, filtered by userId, theirs alone', async () => {
    const found = sessionsOf(await server.superadmin.get(`/admin/load-sessions?userId=${user.userId}`, 200));
    expect(found.map(({ userId }) => userId)).toEqual(Array<string>(5).fill(user.userId));
  });
});
