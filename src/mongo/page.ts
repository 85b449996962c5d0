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

/**
 * Reads one page of a list that is sorted by a unique text field.
 *
 * `read` gets the condition on that field and the number of rows to fetch: one more than wanted, which tells whether
 * another page follows. A cursor is only a position, so a made-up one gives other rows of the same list, nothing more.
 */
export async function readPage<T>(
  request: PageRequest,
  keyOf: (item: T) => string,
  order: 'ascending' | 'descending',
  read: (after: Record<string, string> | null, count: number) => Promise<T[]>,
): Promise<Page<T>> {
  const position = request.cursor === undefined ? null : Buffer.from(request.cursor, 'base64url').toString('utf8');
  const after = position === null ? null : { [order === 'ascending' ? '$gt' : '$lt']: position };
  const rows = await read(after, request.limit + 1);
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  const nextCursor = rows.length > request.limit && last !== undefined ? Buffer.from(keyOf(last)).toString('base64url') : null;
  return { items, nextCursor };
}
