import { z } from 'zod';
import type { Caller } from '../../../src/engine/caller.ts';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import {
  boolean, custom, email, integer, isoDate, list, objectOf, oneOf, optional, string, withDefault,
} from '../../../src/http/input/fields.ts';

// Checked by the compiler: a line marked @ts-expect-error that compiles fails `npm run typecheck`.
const rest = { summary: 'x', errors: [] } as const;

describe('the types of a route', () => {
  it('give handlers what was declared', () => {
    const route = defineRoute({
      method: 'POST',
      url: '/items/:itemId',
      ...rest,
      input: {
        params: { itemId: string({ max: 24 }) },
        query: { limit: withDefault(integer({ min: 1, max: 9 }), 5), from: optional(isoDate()) },
        body: {
          email: email(),
          mode: oneOf(['add', 'remove']),
          isOpen: optional(boolean()),
          tags: list(string({ max: 9 }), { max: 9 }),
          device: objectOf({ name: string({ max: 9 }), note: optional(string({ max: 9 })) }),
          size: custom({ json: {}, parse: (value) => Number(value) }),
        },
      },
      output: z.object({ done: z.boolean() }),
      handler: ({ input: { params, query, body }, caller, callerOrNull, request }) => {
        const texts: string[] = [params.itemId, body.email, ...body.tags, body.device.name, caller.userId, request.requestId];
        const numbers: number[] = [query.limit, body.size];
        const mode: 'add' | 'remove' = body.mode;
        const absent: [Date | undefined, boolean | undefined, string | undefined, Caller | null] = [
          query.from,
          body.isOpen,
          body.device.note,
          callerOrNull,
        ];
        // @ts-expect-error -- an optional field may be absent
        const isOpen: boolean = body.isOpen;
        // @ts-expect-error -- a text is no number
        const wrong: number = body.email;
        // @ts-expect-error -- this field was not declared
        const unknown: unknown = body.password;
        // @ts-expect-error -- what was validated is not changed
        body.email = 'x';
        return { done: [texts, numbers, mode, absent, isOpen, wrong, unknown].length > 0, more: 'is cut off' };
      },
    });
    expect(route.status).toBe(200);
  });

  it('give no fields, none declared', () => {
    const route = defineRoute({
      method: 'GET',
      url: '/none',
      ...rest,
      handler: ({ input }) => {
        // @ts-expect-error -- nothing was declared to be in the query
        const unknown: unknown = input.query.x;
        return unknown as undefined;
      },
    });
    expect(route.status).toBe(204);
  });

  it('hold handlers to the declared output', () => {
    const output = z.object({ count: z.number() });
    expect([
      // @ts-expect-error -- the count is missing
      defineRoute({ method: 'GET', url: '/a', ...rest, output, handler: () => ({}) }),
      // @ts-expect-error -- the count is no text
      defineRoute({ method: 'GET', url: '/a', ...rest, output, handler: () => ({ count: '1' }) }),
      // @ts-expect-error -- a file has a content type
      defineRoute({ method: 'GET', url: '/a', ...rest, output: 'file', handler: () => ({ body: 'x' }) }),
      // @ts-expect-error -- a route without an output answers nothing
      defineRoute({ method: 'GET', url: '/a', ...rest, handler: () => ({ count: 1 }) }),
      // @ts-expect-error -- no such error code
      defineRoute({ method: 'GET', url: '/a', summary: 'x', errors: ['no-such-code'], handler: () => undefined }),
    ]).toHaveLength(5);
  });
});
