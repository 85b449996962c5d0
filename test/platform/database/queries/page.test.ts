import { AppError } from '../../../../src/errors/errors.ts';
import { readCursor, readPage, writeCursor } from '../../../../src/platform/database/queries/page.ts';
import type { ListName, Page } from '../../../../src/platform/database/queries/page.ts';

const letterList: ListName = ['letters', 'default'];
const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => ({ key }));

/** As a collection would answer. */
function list(order: 'ascending' | 'descending', limit: number, cursor?: string): Promise<Page<{ key: string }>> {
  const sorted = order === 'ascending' ? letters : [...letters].reverse();
  return readPage(letterList, { limit, ...(cursor !== undefined && { cursor }) }, ({ key }) => key, order, (after, count) =>
    Promise.resolve(sorted.filter(({ key }) => key > (after?.['$gt'] ?? '') && key < (after?.['$lt'] ?? '~')).slice(0, count)));
}

async function keysOfPages(order: 'ascending' | 'descending', limit: number): Promise<string[]> {
  const pages: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Page<{ key: string }> = await list(order, limit, cursor);
    pages.push(page.items.map(({ key }) => key).join(''));
    cursor = page.nextCursor;
  }
  return pages;
}

describe('readPage', () => {
  it.each<['ascending' | 'descending', number, string[]]>([
    ['ascending', 3, ['abc', 'def', 'g']], ['descending', 3, ['gfe', 'dcb', 'a']], ['ascending', 7, ['abcdefg']],
    ['ascending', 6, ['abcdef', 'g']],
    ['descending', 200, ['gfedcba']],
  ])('pages, %s by %i, each item once and the last page without a cursor', async (order, limit, pages) => {
    expect(await keysOfPages(order, limit)).toEqual(pages);
  });

  it('the first page, asks without a condition for one row more than wanted', async () => {
    const asked: unknown[] = [];
    await readPage(letterList, { limit: 2 }, String, 'ascending', (after, count) => Promise.resolve((asked.push([after, count]), [])));
    expect(asked).toEqual([[null, 3]]);
  });

  it('an empty list, no items and no cursor', async () => {
    expect(await readPage(letterList, { limit: 5 }, String, 'descending', () => Promise.resolve([])))
      .toEqual({ items: [], nextCursor: null });
  });

  it('a key of any characters, its cursor has letters, digits, - and _ alone and comes back as it was', async () => {
    const asked: unknown[] = [];
    const { nextCursor } = await readPage(
      letterList, { limit: 1 }, (key: string) => key, 'ascending', () => Promise.resolve(['ü/+?é', 'z']),
    );
    expect(nextCursor).toMatch(/^[\w-]+$/);
    await readPage(
      letterList, { limit: 1, cursor: nextCursor ?? '' }, String, 'ascending', (after) => Promise.resolve((asked.push(after), [])),
    );
    expect(asked).toEqual([{ $gt: 'ü/+?é' }]);
  });

  it('a made-up cursor of this list, a position as text and never an operator', async () => {
    const asked: unknown[] = [];
    const cursor = writeCursor(letterList, '{"$ne":1}');
    await readPage(letterList, { limit: 1, cursor }, String, 'descending', (after) => Promise.resolve((asked.push(after), [])));
    expect(asked).toEqual([{ $lt: '{"$ne":1}' }]);
  });

  it.each<{ list: ListName }>([{ list: ['words', 'default'] }, { list: ['letters', 'other'] }, {
    list: ['letters', 'default', { role: 'guest' }],
  }, { list: ['letters'] }])(
    'a cursor of another list, filter or tenant ($list), refused', ({ list }) => {
      expect(() => readCursor(list, writeCursor(letterList, 'c'), 'query.cursor')).toThrow(AppError);
      expect(() => readCursor(letterList, writeCursor(list, 'c'), 'query.cursor')).toThrow(AppError);
      expect(readCursor(list, writeCursor(list, 'c'), 'query.cursor')).toBe('c');
    });

  it('the same filters in another order, or absent ones named, the same list', () => {
    const cursor = writeCursor(['users', { role: 'guest', active: true }], 'u7');
    expect(readCursor(['users', { active: true, role: 'guest', email: undefined }], cursor, 'query.cursor')).toBe('u7');
  });
});
