import fc from 'fast-check';
import { z } from 'zod';
import { defineRoute } from '../../../src/http/route/define-route.ts';
import {
  boolean, custom, email, integer, isoDate, list, objectOf, oneOf, optional, password, string, withDefault,
} from '../../../src/http/input/fields.ts';
import { createLogBook, serveRoutes } from '../route/serve.ts';
import type { TestServer } from '../route/serve.ts';

const seed = 20_261_122;
const body = {
  email: email(),
  password: password(),
  name: optional(string({ min: 1, max: 40, trim: true, pattern: /^[^<>]*$/ })),
  count: withDefault(integer({ min: 0, max: 10 }), 1),
  isOpen: optional(boolean()),
  mode: optional(oneOf(['add', 'remove'])),
  until: optional(isoDate()),
  tags: optional(list(string({ max: 5 }), { max: 5 })),
  device: optional(
    objectOf({ name: string({ max: 9 }), parts: optional(list(objectOf({ id: integer({ min: 0, max: 9 }) }), { max: 3 })) }),
  ),
  right: optional(custom({ json: {}, parse: (value, refuse) => (typeof value === 'string' ? { url: value } : refuse('must be a URL')) })),
};
const query = {
  limit: withDefault(integer({ min: 1, max: 200 }), 50),
  open: optional(boolean()),
  from: optional(isoDate()),
  ids: optional(list(string({ max: 9 }), { max: 3 })),
};

let runs = 0;
const route = defineRoute({
  method: 'POST',
  url: '/everything/:id',
  summary: 'Takes every kind of field.',
  errors: [],
  output: z.object({ keys: z.array(z.string()) }),
  input: { params: { id: string({ max: 24 }) }, query, body },
  handler: ({ input }) => {
    runs += 1;
    return { keys: Object.keys(input.body) };
  },
});

// Values near the right form reach deeper than random ones.
const names = fc.constantFrom(...Object.keys(body), '__proto__', 'constructor', 'toString', '$where', 'email.x', 'tags[0]', '');
const values = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    'a@example.org',
    'add',
    true,
    5,
    '2026-11-22',
    ['x'],
    { name: 'x', parts: [{ id: 1 }] },
    { $gt: '' },
    { $ne: null },
    ['a', ['b']],
    { length: 1 },
    '\ud83d',
    'a\0b',
    null,
  ),
);
const bodies = fc.oneof(
  fc.array(fc.tuple(names, values), { maxLength: 8 }).map((entries) => JSON.stringify(Object.fromEntries(entries))),
  fc
    .array(fc.tuple(names, values), { maxLength: 4 })
    .map((entries) => JSON.stringify(Object.fromEntries([...entries, ['email', 'a@example.org'], ['password', 'x']]))),
  fc.json(),
  fc.string(),
);
const types = fc.constantFrom(
  'application/json',
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/json; charset=utf-7',
);
const targets = fc
  .array(
    fc.tuple(
      fc.constantFrom('limit', 'open', 'from', 'ids', 'x', '__proto__', 'limit[$gt]'),
      fc.oneof(fc.constantFrom('5', 'true', '2026-11-22', ''), fc.string()),
    ),
    { maxLength: 4 },
  )
  .map(
    (entries) => entries.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value.replace(/[\ud800-\udfff]/g, ''))}`),
  )
  .map((pairs) => `/everything/1?${pairs.join('&')}`);

describe('hostile input', () => {
  let server: TestServer;
  const log = createLogBook();
  beforeAll(async () => {
    server = await serveRoutes([route], { logger: log });
  });
  afterAll(() => server.close());

  it('never gives a 5xx, and runs the handler for valid input alone', async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(bodies, types, fc.oneof(fc.constant('/everything/1'), targets), async (text, type, target) => {
        const before = runs;
        const answer = await server.call('POST', target, { headers: { 'Content-Type': type }, body: text });
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect([200, 400, 415, 422]).toContain(answer.status);
        expect(runs - before).toBe(answer.status === 200 ? 1 : 0);
      }),
      { seed, numRuns: 1_000 },
    );
    expect(log.lines).toEqual([]);
    // The property says something only if valid and invalid input both occurred.
    expect([...statuses.keys()].sort()).toEqual([200, 400, 415, 422]);
    expect(statuses.get(200)).toBeGreaterThan(20);
  }, 60_000);
});
