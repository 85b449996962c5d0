import { createHash } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';

/** The requested part of a list. */
export interface PageRequest {
  /** Rows, 1 to 200. */
  readonly limit: number;
  /** Opaque text from the page before. */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

/** The list that a cursor belongs to: its name, and all filters that select its rows. */
export type ListName = readonly [name: string, ...filters: unknown[]];

/**
 * Reads one page of a list that is sorted by a unique text field.
 *
 * `read` gets the condition on that field and the number of rows to fetch. It is one more than requested, which shows whether
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

/** Writes a position in a list as text that is valid for this list alone. */
export function writeCursor(list: ListName, position: string): string {
  return Buffer.from(digestOf(list) + position).toString('base64url');
}

/**
 * Reads the position from a cursor of this list. `field` names the input field. Throws `invalid-input` for a cursor of another list.
 *
 * The digest detects mistakes and is no secret: a forged cursor only shows other rows of the same list.
 */
export function readCursor(list: ListName, cursor: string, field: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const digest = digestOf(list);
  if (text.startsWith(digest)) return text.slice(digest.length);
  throw new AppError('invalid-input', {
    errors: [{ field, message: 'belongs to another list or to other filters: leave it out to get the first page' }],
  });
}

/** 72 bits. The order of the filters does not matter. */
function digestOf(list: ListName): string {
  const text = JSON.stringify(list, (_name, value: unknown) => (
    isRecord(value) ? Object.entries(value).filter(([, each]) => each !== undefined).sort(byName) : value));
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
