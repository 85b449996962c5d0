import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';

/** The stored form of a right. */
export const storedRight = z.object({
  name: z.string(),
  path: z.string(),
  url: z.string(),
  methods: z.array(z.enum(methods)).optional(),
  access: z.enum(['simple', 'auth', 'config']),
});

/** The response form of a right: `stale` if it no longer opens a URL. */
export const rightShape = storedRight.extend({ stale: z.boolean().optional() }).meta({ id: 'Right' });

const url = z.string('must be a URL of at most 2048 characters').max(2_048, 'must be a URL of at most 2048 characters');
const unread = z.unknown().optional();

/** The accepted form of a right. A right from a response has more fields; they follow from the URL and are ignored. */
export const writtenRight = z.union([
  url,
  z.strictObject({
    url,
    methods: z.array(z.enum(methods, `must be of ${methods.join(', ')}`), 'must be a list of methods')
      .min(1, 'must be a list of methods').max(methods.length, 'must be a list of methods').optional(),
    name: unread, path: unread, access: unread, stale: unread,
  }),
], 'must be a URL or an object with a url').meta({ id: 'NewRight' });
