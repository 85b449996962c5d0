import { z } from 'zod';
import { integer, optional, string, withDefault } from '../input/fields.ts';

/** The query fields of every list. */
export const pageFields = {
  limit: withDefault(integer({ min: 1, max: 200 }), 50),
  cursor: optional(string({ min: 1, max: 600, pattern: /^[\w-]+$/ })),
};

/** The response of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}
