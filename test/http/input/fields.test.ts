import { AppError } from '../../../src/errors/errors.ts';
import {
  boolean,
  custom,
  email,
  integer,
  isoDate,
  isPlainText,
  list,
  objectOf,
  oneOf,
  optional,
  password,
  string,
  withDefault,
} from '../../../src/http/input/fields.ts';
import type { Field, RefuseValue } from '../../../src/http/input/fields.ts';
import { createInputReader } from '../../../src/http/input/read-input.ts';

/** What a field makes of a value in a body, or the faults that it names. */
async function readAs(field: Field<unknown>, value: unknown, part: 'body' | 'query' = 'body'): Promise<unknown> {
  const read = createInputReader({ [part]: { it: field } });
  const raw = { params: {}, query: {}, body: {}, [part]: value === undefined ? {} : { it: value } };
  try {
    const values: Record<string, unknown> = { ...(await read(raw))[part] };
    return values['it'];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { refused: error.extras.errors?.map(({ field: name, message }) => `${name} ${message}`) };
  }
}
const refused = expect.objectContaining({ refused: expect.any(Array) as unknown }) as unknown;

const never: [string, unknown][] = [
  ['an operator', { $gt: '' }],
  ['a list', ['a@b.de']],
  ['an empty list', []],
  ['null', null],
  ['nothing', undefined],
  ['a deep list', [[['x']]]],
  ['an object with a toString of its own', { toString: 'x' }],
  ['an object with a length', { length: 3, split: 1 }],
];
const scalars: [string, Field<unknown>][] = [
  ['string', string({ max: 9 })],
  ['pattern', string({ max: 9, pattern: /^\w+$/, trim: true })],
  ['email', email()],
  ['password', password()],
  ['integer', integer({ min: 0, max: 9 })],
  ['boolean', boolean()],
  ['oneOf', oneOf(['a', 'b'])],
  ['isoDate', isoDate()],
];

describe.each(scalars)('a %s', (_name, field) => {
  it.each(never)('is refused, %s, in body and query', async (_situation, value) => {
    expect(await readAs(field, value)).toEqual(refused);
    expect(await readAs(field, value, 'query')).toEqual(refused);
  });
});

describe('fields', () => {
  const astral = '🦉';
  it.each<[string, Field<unknown>, unknown, unknown]>([
    ['string, as sent', string({ max: 9 }), ' a ', ' a '],
    ['string, empty', string({ max: 9 }), '', ''],
    ['string, too short', string({ min: 2, max: 9 }), 'a', refused],
    ['string, too long', string({ max: 2 }), 'abc', refused],
    ['string, counted in characters', string({ max: 2 }), astral + astral, astral + astral],
    ['string, trimmed before it is counted', string({ min: 1, max: 3, trim: true }), '  abc  ', 'abc'],
    ['string, nothing left of it', string({ min: 1, max: 3, trim: true }), '   ', refused],
    ['string, pattern', string({ max: 9, pattern: /^[a-z]+$/ }), 'abc', 'abc'],
    ['string, not the pattern', string({ max: 9, pattern: /^[a-z]+$/ }), 'abc\n', refused],
    ['string, NUL', string({ max: 9 }), 'a\0', refused],
    ['string, lone high surrogate', string({ max: 9 }), 'a\ud83d', refused],
    ['string, lone low surrogate', string({ max: 9 }), '\udd89a', refused],
    ['string, a number', string({ max: 9 }), 5, refused],
    ['email, as typed', email(), 'Ada.L+x@Example.ORG', 'Ada.L+x@Example.ORG'],
    ['email, without a domain', email(), 'ada@', refused],
    ['email, with a name', email(), 'Ada <ada@example.org>', refused],
    ['email, with white space', email(), ' ada@example.org', refused],
    ['email, two', email(), 'a@example.org,b@example.org', refused],
    ['email, 255 characters', email(), `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(8)}.org`, refused],
    ['password, as typed', password(), '  pass\0 word ', '  pass\0 word '],
    ['password, short: the service says so', password(), 'x', 'x'],
    ['password, 1,024 characters', password(), 'x'.repeat(1_024), 'x'.repeat(1_024)],
    ['password, 1,025 characters', password(), 'x'.repeat(1_025), refused],
    ['password, lone surrogate', password(), 'x\ud83d', refused],
    ['integer, in range', integer({ min: 1, max: 200 }), 200, 200],
    ['integer, below', integer({ min: 1, max: 200 }), 0, refused],
    ['integer, above', integer({ min: 1, max: 200 }), 201, refused],
    ['integer, with a fraction', integer({ min: 1, max: 200 }), 1.5, refused],
    ['integer, as text in a body', integer({ min: 1, max: 200 }), '5', refused],
    ['integer, unsafe', integer({ min: 0, max: Infinity }), 2 ** 53, refused],
    ['boolean', boolean(), false, false],
    ['boolean, as text in a body', boolean(), 'true', refused],
    ['boolean, as number', boolean(), 1, refused],
    ['oneOf', oneOf(['add', 'remove']), 'add', 'add'],
    ['oneOf, another', oneOf(['add', 'remove']), 'ADD', refused],
    ['oneOf, a list that reads like one', oneOf(['add', 'remove']), ['add'], refused],
    ['isoDate, instant', isoDate(), '2026-11-22T10:30:00.5Z', new Date('2026-11-22T10:30:00.500Z')],
    ['isoDate, day', isoDate(), '2028-02-29', new Date('2028-02-29T00:00:00Z')],
    ['isoDate, no such day', isoDate(), '2026-02-29', refused],
    ['isoDate, no such hour', isoDate(), '2026-02-27T25:00:00Z', refused],
    ['isoDate, a number', isoDate(), 0, refused],
    ['optional, absent', optional(string({ max: 9 })), undefined, undefined],
    ['optional, null', optional(string({ max: 9 })), null, refused],
    ['optional, empty', optional(string({ min: 1, max: 9 })), '', refused],
    ['withDefault, absent', withDefault(integer({ min: 1, max: 200 }), 50), undefined, 50],
    ['withDefault, sent', withDefault(integer({ min: 1, max: 200 }), 50), 7, 7],
  ])('%s', async (_situation, field, value, expected) => {
    expect(await readAs(field, value)).toEqual(expected);
  });

  it.each<[string, Field<unknown>, unknown, unknown]>([
    ['integer', integer({ min: -5, max: 200 }), '-5', -5],
    ['integer, with zeroes ahead', integer({ min: 1, max: 200 }), '007', refused],
    ['integer, in another writing', integer({ min: 1, max: 2_000 }), '1e3', refused],
    ['integer, hexadecimal', integer({ min: 1, max: 200 }), '0x10', refused],
    ['integer, with white space', integer({ min: 1, max: 200 }), ' 5', refused],
    ['boolean, true', boolean(), 'true', true],
    ['boolean, false', boolean(), 'false', false],
    ['boolean, 1', boolean(), '1', refused],
    ['list, repeated', list(oneOf(['a', 'b']), { max: 3 }), ['a', 'b'], ['a', 'b']],
    ['list, once', list(oneOf(['a', 'b']), { max: 3 }), 'a', ['a']],
    ['list, too often', list(oneOf(['a', 'b']), { max: 3 }), ['a', 'a', 'a', 'a'], refused],
  ])('%s, in a query', async (_situation, field, value, expected) => {
    expect(await readAs(field, value, 'query')).toEqual(expected);
  });
});

describe('list and objectOf', () => {
  const device = objectOf(
    { name: string({ max: 9 }), since: optional(isoDate()), tags: withDefault(list(string({ max: 3 }), { max: 2 }), []) },
  );

  it('convert what is inside them, and fill in defaults', async () => {
    expect(
      await readAs(list(device, { max: 2 }), [
        { name: 'a', since: '2026-11-22' },
        { name: 'b', tags: ['x'] },
      ]),
    ).toEqual([
      { name: 'a', since: new Date('2026-11-22T00:00:00Z'), tags: [] },
      { name: 'b', tags: ['x'] },
    ]);
    expect(await readAs(list(list(integer({ min: 0, max: 9 }), { max: 2 }), { max: 2 }), [[1], []])).toEqual([[1], []]);
  });

  it('leave what was sent as it was', async () => {
    const sent = [{ name: 'a', since: '2026-11-22', tags: ['x'] }];
    const body = { it: sent, day: '2026-11-22' };
    await createInputReader({ body: { it: list(device, { max: 2 }), day: isoDate() } })({ params: {}, query: {}, body });
    expect(body).toEqual({ it: [{ name: 'a', since: '2026-11-22', tags: ['x'] }], day: '2026-11-22' });
  });

  it('name every fault, at its place', async () => {
    expect(
      await readAs(list(device, { max: 4 }), [
        { name: { $ne: 1 } },
        7,
        { name: 'b', tags: ['x', 'long', 'y'], x: 1, ['__proto__']: 1 },
        { name: 'c', tags: ['x', null] },
      ]),
    ).toEqual({
      refused: [
        'body.it[0].name must be a string',
        'body.it[1] must be an object',
        'body.it[2].tags must have 0 to 2 items',
        'body.it[2].x is not known here',
        'body.it[2].__proto__ is not known here',
        'body.it[3].tags[1] must be a string',
      ],
    });
  });

  it.each([
    ['an object', { 0: { name: 'a' }, length: 1 }],
    ['a string', 'a'],
    ['null', null],
  ])('refuse, %s for a list', async (_situation, value) => {
    expect(await readAs(list(device, { max: 2 }), value)).toEqual({ refused: ['body.it must be a list'] });
  });

  it('refuse, a list that is too long, without looking at its items', async () => {
    const started = performance.now();
    expect(
      await readAs(
        list(string({ max: 9 }), { min: 1, max: 100 }),
        Array.from({ length: 50_000 }, () => 1),
      ),
    ).toEqual({ refused: ['body.it must have 1 to 100 items'] });
    expect(performance.now() - started).toBeLessThan(500);
    expect(await readAs(list(string({ max: 9 }), { min: 1, max: 100 }), [])).toEqual({ refused: ['body.it must have 1 to 100 items'] });
  });

  it('refuse to be declared, lists that take too long', () => {
    expect(() => list(string({ max: 9 }), { max: 1_001 })).toThrow('use custom()');
  });
});

describe('custom', () => {
  const parse = (value: unknown, refuse: RefuseValue) => {
    if (value === 'bug') throw new TypeError('ours');
    if (!Array.isArray(value)) return refuse('must be a list');
    return value.map((each: unknown, index) => (isPlainText(each) ? each.toUpperCase() : refuse('must be text', `[${index}].url`)));
  };
  const rights = custom({ json: { type: 'array' }, parse });

  it('answers, what parse makes of the value', async () => {
    expect(await readAs(rights, ['a', 'b'])).toEqual(['A', 'B']);
    expect(await readAs(list(rights, { max: 2 }), [['a'], []])).toEqual([['A'], []]);
  });

  it('names, what parse refuses, at its place', async () => {
    expect(await readAs(rights, 5)).toEqual({ refused: ['body.it must be a list'] });
    expect(await readAs(rights, ['a', 1])).toEqual({ refused: ['body.it[1].url must be text'] });
    expect(await readAs(list(rights, { max: 2 }), [['a'], [null]])).toEqual({ refused: ['body.it[1][0].url must be text'] });
  });

  it('is absent without a fault, optional', async () => {
    expect(await readAs(optional(rights), undefined)).toBeUndefined();
    expect(await readAs(rights, undefined)).toEqual({ refused: ['body.it is required'] });
  });

  it('throws on, an error of parse itself', async () => {
    await expect(readAs(rights, 'bug')).rejects.toThrow(TypeError);
  });
});
