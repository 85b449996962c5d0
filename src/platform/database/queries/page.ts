import { createHash } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';

/** Which part of a list is wanted. */
export interface PageRequest {
  /** Rows, 1 to 200. */
  readonly limit: number;
  /** Opaque; from the page before. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** Which list a cursor belongs to: its name, and all that decides which rows are in it. */
export type ListName = readonly [name: string, ...filters: unknown[]];

/**
 * Reads one page of a list that is sorted by a unique text field.
 *
 * `read` gets the condition on that field and the number of rows to fetch: one more than wanted, which tells whether
 * another page follows. Throws `invalid-input` for a cursor of another list.
 */
export async function readPage<T>(
  list: ListName,
  request: PageRequest,
  keyOf: (item: T) => string,
  order: 'ascending' | 'descending',
  read: (after: Record<string, string> | null, count: number) => Promise<T[]>,
): Promise<Page<T>> {
  const position = request.cursor === undefined ? null : readCursor(list, request.cursor, 'query.cursor');
  const after = position === null ? null : { [order === 'ascending' ? '$gt' : '$lt']: position };
  const rows = await read(after, request.limit + 1);
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  const nextCursor = rows.length > request.limit && last !== undefined ? writeCursor(list, keyOf(last)) : null;
  return { items, nextCursor };
}

/** A position in a list as text that is good for this list alone. */
export function writeCursor(list: ListName, position: string): string {
  return Buffer.from(digestOf(list) + position).toString('base64url');
}

/**
 * The position that a cursor of this list names. `field` is where it was sent. Throws `invalid-input` for one of another list.
 *
 * The digest keeps mistakes away and is no secret: a made-up cursor gives other rows of the same list, nothing more.
 */
export function readCursor(list: ListName, cursor: string, field: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const digest = digestOf(list);
  if (text.startsWith(digest)) return text.slice(digest.length);
  throw new AppError('invalid-input', {
    errors: [{ field, message: 'belongs to another list, or to other filters: leave it out to begin with the first page' }],
  });
}

/** 72 bits. Filters in another order are the same filters. */
function digestOf(list: ListName): string {
  return createHash('sha256').update(JSON.stringify(list, (_name, value: unknown) => (isRecord(value) ? Object.entries(value).filter(
    ([, each]) => each !== undefined,
  ).sort(byName) : value))).digest('base64url').slice(0, 12);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
