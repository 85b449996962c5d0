import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';

/** A right as it is stored. */
export const storedRight = z.object({
  name: z.string(),
  path: z.string(),
  url: z.string(),
  methods: z.array(z.enum(methods)).optional(),
  access: z.enum(['simple', 'auth', 'config']),
});

/** A right as it is shown: `stale` where it opens nothing any more. */
export const rightShape = storedRight.extend({ stale: z.boolean().optional() });

const url = z.string('must be a URL of at most 2048 characters').max(2_048, 'must be a URL of at most 2048 characters');
const unread = z.unknown().optional();

/** A right as it may be written. A full one, as a list shows it, has more fields than are needed to name it: they follow from the URL. */
export const writtenRight = z.union([
  url,
  z.strictObject({
    url,
    methods: z.array(
      z.enum(methods, `must be of ${methods.join(', ')}`), 'must be a list of methods',
    ).min(1, 'must be a list of methods').max(methods.length, 'must be a list of methods').optional(),
    name: unread, path: unread, access: unread, stale: unread,
  }),
], 'must be a URL or an object with a url');
