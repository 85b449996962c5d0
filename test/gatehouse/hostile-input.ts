import fc from 'fast-check';
import type { DocumentedOperation } from '../support/client/operations.ts';

type Members = readonly (readonly [string, unknown])[];

/** A body that is taken: an object, or a list of one. */
export type GoodBody = Readonly<Record<string, unknown>> | readonly [Readonly<Record<string, unknown>>];

export function isList(body: GoodBody): body is Extract<GoodBody, readonly unknown[]> {
  return Array.isArray(body);
}

/** Text that has meant something to somebody's parser. */
const words = [
  '$gt', '$where', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'null', 'undefined', 'NaN', '-1', '0', '1e999',
  '9007199254740993',
  '2026-13-45', 'true', '[]', '{}',
  'guest', 'superadmin', 'ann@example.com', 'a@b', "' || '1'=='1", '../../etc/passwd', '\ud83d\ude00', '\u202e', 'a'.repeat(65),
  'f'.repeat(24),
  'e30', 'x.y[0]', '%00', '\u0000', ' ',
];

export const anyText = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }));

/** Values that take the place of text, a number or a list. */
const anyValue = fc.oneof(
  anyText,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    { $gt: '' }, { $ne: null }, { $where: 'sleep(1000)' }, { $regex: '.*' }, { $in: ['superadmin'] }, [{ $gt: '' }], ['a', ['b']], [], {},
    { length: -1 }, { toString: 'x' },
    null, true, 0, -0.5, 1e300, Number.MAX_SAFE_INTEGER, ['/admin/load-users'], [{ url: '/roles/create' }],
    [{ url: { $gt: '' }, methods: ['GET', 1] }], '\ud800', 'a\u0000b',
  ),
);

const mostly = <T>(weight: number, usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

const strangeNames = [
  '$where', '$or', '__proto__', 'constructor', 'prototype', 'toString', 'roles', 'tenantId', '_id', 'passwordHash', 'isActive', 'email.$gt',
  'rights[0]', '',
];

/** A query of declared and of strange names, with names repeated, bracketed and empty, and percent-codes broken. */
export function anyQuery({ parameters = [] }: DocumentedOperation): fc.Arbitrary<string> {
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const name = mostly(4, fc.constantFrom(...names, 'limit'), fc.constantFrom(...strangeNames, 'limit[]', 'limit[$gt]'));
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('10', '200', 'guest', 'true', 'done', 'e30') }, { weight: 2, arbitrary: anyText },
  );
  const pair = fc.tuple(name, value).map(([left, right]) => `${encodeURIComponent(left)}=${encodeURIComponent(right)}`);
  const pairs = fc.array(mostly(9, pair, fc.constantFrom('', '=', '%', '%zz=%ff', 'a&a', '?', '=&=')), { maxLength: 4 });
  return fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 3, arbitrary: pairs.map((all) => `?${all.join('&')}`) });
}

/** Mostly the one that is taken. */
export const anyContentType = fc.oneof(
  { weight: 6, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16',
      'application/json; charset=latin1', 'application/jsonp',
      'application/merge-patch+json', 'text/json', 'application/xml', '*/*', 'application/json, text/plain',
      'application/json; charset=utf-8; x=1',
    ),
  },
);

const strangeBodies = [
  '{', '[]', 'null', '"text"', '{"a":1,}', '\ufeff{}', '{"email":"a","email":{"$gt":""}}', `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '{"a":'.repeat(15_000),
];

/** Of 1 MB each, where 100 kB are taken. */
const hugeBodies = [
  JSON.stringify({ email: 'x'.repeat(1_000_000) }), JSON.stringify({ rights: Array(300_000).fill('/x') }), ' '.repeat(1_000_000),
  `{"userId":"${'\u00e9'.repeat(500_000)}"}`,
];

/** A body as text: near a good one, random JSON, no JSON, nested 20,000 deep, or 1 MB; or none. */
export function anyBody({ requestBody }: DocumentedOperation, good: GoodBody = {}): fc.Arbitrary<string | undefined> {
  const { schema } = requestBody?.content['application/json'] ?? {};
  const names = Object.keys(schema?.properties ?? {});
  const [like, write] = isList(good) ? [good[0], (members: Members) => `[${writeJson(members)}]`] : [good, writeJson];
  const name = mostly(5, fc.constantFrom(...names, ...Object.keys(like), 'email'), fc.constantFrom(...strangeNames));
  const changes = fc.array(fc.tuple(name, anyValue), { maxLength: 3 });
  const near = fc.tuple(fc.boolean(), changes).map(([isNear, list]) => write([...(isNear ? Object.entries(like) : []), ...list]));
  return fc.oneof(
    { weight: 8, arbitrary: near },
    { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom(...strangeBodies) },
    { weight: 1, arbitrary: fc.constantFrom(...hugeBodies) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

/** JSON text with its members in order, so that __proto__ and a repeated name stay what they are. */
function writeJson(members: Members): string {
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}
