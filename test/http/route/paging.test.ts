import { writeCursor } from '../../../src/platform/database/queries/page.ts';
import { defaultTenantId } from '../../../src/platform/database/tenancy/tenant-scope.ts';
import { codeOf, itemsOf } from '../../support/answers.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse, TestUser } from '../../support/gatehouse/start-gatehouse.ts';

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
}

describe('lists', () => {
  let server: TestGatehouse;
  let user: TestUser;
  beforeAll(async () => {
    server = await startGatehouse();
    for (let count = 0; count < 7; count += 1) await server.newUser(await server.newRole());
    user = await server.newUser();
    for (let count = 0; count < 4; count += 1) await server.anonymous.logIn(user.email, user.password);
  });
  const lists: readonly (readonly [string, string])[] = [
    ['/admin/load-users', 'userId'], ['/roles/load', 'roleId'], ['/admin/load-sessions', 'sessionId'],
    ['/audit/load?result=done', 'recordId'],
  ];
  const load = async (
    url: string, query: string,
  ) => (await server.superadmin.get(withQuery(url, query), 200)).body as Page; // so every list answers
  const withQuery = (url: string, query: string) => `${url}${url.includes('?') ? '&' : '?'}${query}`;

  async function pages(url: string, limit: number, key: string): Promise<unknown[][]> {
    const found: unknown[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { items, nextCursor }: Page = await load(url, `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(items.map((item) => item[key]));
      cursor = nextCursor;
    }
    return found;
  }

  it.each(lists)('%s, read in pages of three, each item once, in order, pages full but the last', async (url, key) => {
    const all = (await load(url, 'limit=200')).items.map((item) => item[key]);
    expect(all.length).toBeGreaterThan(6);
    const read = await pages(url, 3, key);
    expect(read.flat()).toEqual(all);
    expect(read.slice(0, -1).every((page) => page.length === 3)).toBe(true);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(lists)('%s, a page that ends with the list, no cursor follows', async (url) => {
    const { length } = (await load(url, 'limit=200')).items;
    expect((await load(url, `limit=${length}`)).nextCursor).toBeNull();
    expect((await load(url, `limit=${length - 1}`)).nextCursor).not.toBeNull();
  });

  it.each(lists)('%s, a limit out of 1 to 200 or a cursor of other characters, refused', async (url) => {
    for (const query of ['limit=0', 'limit=201', 'limit=1.5', 'limit=-1', 'cursor=$', 'cursor=', 'limit=5&limit=5']) {
      expect(codeOf(await server.superadmin.get(withQuery(url, query), 422))).toBe('invalid-input');
    }
  });

  it.each(lists)('%s, a cursor that is made up, of another list, or of the same list with other filters, refused', async (url) => {
    const others = [['/admin/load-users?active=true', ''], ...lists].map(([other = '']) => other).filter((other) => other !== url);
    for (const other of others) {
      const cursor = (await load(other, 'limit=1')).nextCursor ?? '';
      const answer = await server.superadmin.get(withQuery(url, `cursor=${cursor}`), 422);
      expect(JSON.stringify(answer.body)).toContain('query.cursor');
    }
    for (const text of ['', 'zzz', '{"$gt":""}', '\0', '5', '\u00ff']) {
      const cursor = Buffer.from(text).toString('base64url') || 'A';
      expect(codeOf(await server.superadmin.get(withQuery(url, `cursor=${cursor}`), 422))).toBe('invalid-input');
    }
  });

  it('/admin/load-users, filter and cursor, pages of the filtered list', async () => {
    expect(await pages('/admin/load-users?active=true&role=guest', 5, 'userId')).toHaveLength(2);
  });

  it('/roles/load, a filter together with a cursor, both count', async () => {
    const last = itemsOf(await server.superadmin.get('/roles/load', 200)).at(-1)?.roleId ?? '';
    const cursorFrom = (position: string) => writeCursor(['roles', defaultTenantId, { roleId: last }], position);
    expect(itemsOf(await server.superadmin.get(`/roles/load?roleId=${last}&cursor=${cursorFrom('')}`, 200))).toHaveLength(1);
    expect(itemsOf(await server.superadmin.get(`/roles/load?roleId=${last}&cursor=${cursorFrom(last)}`, 200))).toEqual([]);
  });

  it('/profile/sessions, of a user with five, all of theirs, the asking one marked', async () => {
    const answer = await user.client.get('/profile/sessions', 200);
    expect(itemsOf(answer)).toHaveLength(5);
    expect(new Set(itemsOf(answer).map(({ userId }) => userId))).toEqual(new Set([user.userId]));
    expect(answer.body.items.filter(({ current }) => current)).toHaveLength(1);
  });

  it('/admin/load-sessions, filtered by userId, theirs alone', async () => {
    const found = itemsOf(await server.superadmin.get(`/admin/load-sessions?userId=${user.userId}`, 200));
    expect(found.map(({ userId }) => userId)).toEqual(Array<string>(5).fill(user.userId));
  });
});
