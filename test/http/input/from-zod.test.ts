import { z } from 'zod';
import { boundedList } from '../../../src/http/input/bounded-list.ts';
import { fromZod, list } from '../../../src/http/input/fields.ts';
import type { Field } from '../../../src/http/input/fields.ts';
import { createReader } from '../../../src/http/input/validate-fields.ts';

const right = z.union([
  z.string('must be text').max(3, 'is too long'),
  z.strictObject({ url: z.string('must be text'), methods: z.array(z.enum(['GET', 'PUT'], 'must be of GET, PUT')).optional() }),
], 'must be a URL or an object');
const rights = fromZod(boundedList(right, { min: 1, max: 3 }));

async function faultsOf(field: Field<unknown>, it: unknown): Promise<string[]> {
  const outcome = await createReader({ it: field }, 'json')({ it });
  return outcome.ok ? [] : outcome.faults.map(({ at, message }) => `${at} ${message}`);
}

describe('fromZod', () => {
  it('a value of the schema, is answered as the schema makes it', async () => {
    const upper = fromZod(z.array(z.string()).transform((texts) => texts.map((text) => text.toUpperCase())));
    expect(await createReader({ it: upper }, 'json')({ it: ['a', 'b'] })).toEqual({ ok: true, value: { it: ['A', 'B'] } });
  });

  it('a value with several faults, has each named at its place', async () => {
    expect(await faultsOf(rights, ['long', { url: 5, methods: ['GET', 'get'] }]))
      .toEqual(['.it[0] is too long', '.it[1].url must be text', '.it[1].methods[1] must be of GET, PUT']);
    expect(await faultsOf(list(rights, { max: 2 }), [['/a'], [{ url: 7 }]])).toEqual(['.it[1][0].url must be text']);
  });

  it('unknown fields, are named one by one', async () => {
    expect(await faultsOf(rights, [{ url: 'a', x: 1, y: 2 }])).toEqual(['.it[0].x is an unknown field', '.it[0].y is an unknown field']);
  });

  it('a name that a record may not have, is refused at its place', async () => {
    const named = fromZod(z.record(z.string().regex(/^[a-z]+$/, 'must be small letters'), z.string('must be text'), 'must be an object'));
    expect(await faultsOf(named, { A: 'x', b: 5 })).toEqual(['.it.A must be small letters', '.it.b must be text']);
  });

  it('an item that fits no option of a union, is refused by the union', async () => {
    expect(await faultsOf(rights, [5])).toEqual(['.it[0] must be a URL or an object']);
    const halves = fromZod(z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })], 'must be either a or b'));
    expect(await faultsOf(halves, { a: '1', b: '2' })).toEqual(['.it must be either a or b']);
  });

  it('a list of a wrong length, is refused before its items are read', async () => {
    const read: unknown[] = [];
    const seen = fromZod(boundedList(z.unknown().refine((item) => read.push(item) > 0), { min: 1, max: 2 }));
    expect(await faultsOf(seen, [1, 2, 3])).toEqual(['.it must have 1 to 2 items']);
    expect(await faultsOf(seen, [])).toEqual(['.it must have 1 to 2 items']);
    expect(await faultsOf(seen, {})).toEqual(['.it must be a list']);
    expect(read).toEqual([]);
  });

  it('the schema, is the documentation of the field', () => {
    expect(rights.json).toMatchObject({ type: 'array', minItems: 1, maxItems: 3, items: {
      oneOf: [{ type: 'string', maxLength: 3 }, { type: 'object', required: ['url'], additionalProperties: false }],
    } });
    expect(rights.json).not.toHaveProperty('$schema');
  });

  it('an error of the schema itself, is thrown on', async () => {
    const broken = fromZod(z.string().refine(() => { throw new TypeError('ours'); }));
    await expect(faultsOf(broken, 'x')).rejects.toThrow(TypeError);
  });
});
