import { z } from 'zod';

/** The zod schema of a list of `min` to `max` items. A longer list is refused before any of its items is read. */
export function boundedList<T extends z.ZodType>(item: T, { min = 0, max }: { readonly min?: number; readonly max: number }) {
  const size = `must have ${min} to ${max} items`;
  return z.array(item, 'must be a list').min(min, size).max(max, size);
}
