import mongoose from 'mongoose';
import { bytes, hasName, isBytes, readStored } from '../../../src/engine/resources/stored-value.ts';
import { accessOf } from '../../host/guards/access-of.ts';

const { Binary, BSONSymbol, Decimal128, Double, Int32, Long, MinKey, ObjectId, Timestamp, UUID } = mongoose.mongo;
const uuid = '11111111-1111-4111-8111-111111111111';

describe('a stored value', () => {
  it.each<[string, unknown, unknown]>([
    ['text', 'a', 'a'], ['number', 5, 5], ['Int32', new Int32(5), 5], ['Double', new Double(5.5), 5.5], ['Long', Long.fromNumber(5), 5],
    ['BigInt', 5n, 5],
    ['Decimal128', Decimal128.fromString('5.50'), 5.5], ['truth', false, false], ['Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['ObjectId', new ObjectId('0123456789abcdef01234567'), '0123456789abcdef01234567'], ['UUID', new UUID(uuid), uuid],
    ['symbol', new BSONSymbol('a'), 'a'],
  ])('of type %s, is compared as what it stands for', (_type, value, read) => expect(readStored(value)).toBe(read));

  it.each<[string, unknown]>([
    ['Long beyond 2^53', Long.fromString('9007199254740993')], ['BigInt beyond 2^53', 9_007_199_254_740_993n],
    ['Decimal128', Decimal128.fromString('9007199254740993')],
  ])('of type %s that no double equals, lies between two of them', (_type, value) => {
    expect(readStored(value)).toEqual({ below: 9_007_199_254_740_992, above: 9_007_199_254_740_994 });
  });

  it.each<[string, unknown]>([
    ['null', null], ['undefined', undefined], ['an invalid Date', new Date(NaN)], ['NaN', NaN], ['NaN as Double', new Double(NaN)],
    ['NaN as Decimal128', Decimal128.fromString('NaN')],
    ['Timestamp', new Timestamp({ t: 5, i: 1 })], ['MinKey', new MinKey()], ['an object', { a: 1 }], ['a list in a list', [5]],
    ['a Date after the year 9999', new Date(253_402_300_800_000)],
    ['an id whose toHexString is no function', { _bsontype: 'ObjectId', toHexString: 5 }],
    ['a pattern', /a/], ['a function', () => 5],
  ])('%s, cannot be compared', (_type, value) => expect(readStored(value)).toBeNull());

  it.each<[string, unknown, boolean]>([
    ['Binary', new Binary(Buffer.from('a')), true], ['a Buffer', Buffer.from('a'), true],
    ['Binary that only claims to be a UUID', new Binary(Buffer.from('a'), 4), true], ['UUID', new UUID(uuid), false],
  ])('of type %s, is in no order; bytes that are no UUID equal nothing', (_type, value, equalsNothing) => {
    expect([isBytes(value), readStored(value) === bytes]).toEqual([true, equalsNothing]);
  });
});

describe('a date', () => {
  it.each([['0000-12-31T23:59:59.999Z', null], ['0001-01-01T00:00:00.000Z', '0001-01-01T00:00:00.000Z'], [
    '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z',
  ], ['+010000-01-01T00:00:00.000Z', null]])('%s, is read as %s', (text, expected) => {
    expect(readStored(new Date(text))).toBe(expected);
  });
});

describe('a value of a class of its own', () => {
  it.each([
    ['UUID', new UUID(uuid), 'sub_type'], ['a Date', Object.assign(new Date(0), { own: 5 }), 'own'],
  ])('%s, has no fields, although its class has some', (_type, value, name) => {
    const policy = { effect: 'allow' as const, actions: ['read'], resources: ['docs'], conditions: [
      { type: 'attribute' as const, left: `resource.v.${name}`, operator: 'exists' as const, right: { value: true } },
    ] };
    expect(accessOf({ policies: [policy] }).can('read', 'docs/1', { v: value })).toBe(false);
    expect(accessOf({ policies: [policy] }).can('read', 'docs/1', { v: { [name]: 5 } })).toBe(true);
  });
});

describe('an object that only says that it is of a class of BSON', () => {
  it.each([
    'ObjectId', 'Int32', 'Double', 'Long', 'Decimal128', 'BSONSymbol', 'Binary', '__proto__', 'constructor', 'toString',
  ])('of type %s, is an object and cannot be compared', (type) => {
    const value = JSON.parse(
      `{ "_bsontype": ${JSON.stringify(type)}, "toString": 5, "valueOf": 5, "value": 5, "sub_type": 4, "buffer": [] }`,
    ) as object;
    expect([readStored(value), isBytes(value), hasName(value)]).toEqual([null, false, false]);
  });

  it('in a check, decides as any other object', () => {
    const conditions = [{ type: 'attribute' as const, left: 'resource.v.value', operator: 'eq' as const, right: { value: 5 } }];
    const access = accessOf({ policies: [{ effect: 'allow', actions: ['read'], resources: ['docs'], conditions }] });
    expect(access.can('read', 'docs/1', { v: { _bsontype: 'Long', value: 5 } })).toBe(true);
  });
});

describe('the id of a stored document', () => {
  it.each<[string, unknown]>([
    ['text', 'a'], ['number', 5], ['Int32', new Int32(5)], ['Double', new Double(5.5)], ['Long', Long.fromString('9007199254740993')],
    ['BigInt', 5n], ['truth', true],
    ['Date', new Date(0)], ['ObjectId', new ObjectId()], ['UUID', new UUID()],
  ])('of type %s, has a name', (_type, id) => expect(hasName(id)).toBe(true));

  it.each<[string, unknown]>([
    ['null', null], ['undefined', undefined], ['Decimal128', Decimal128.fromString('5')], ['an object', { a: 1 }],
    ['bytes', new Binary(Buffer.from('a'))], ['MinKey', new MinKey()],
    ['text with a slash', 'a/b'], ['text with a blank', 'a b'], ['a star', '*'], ['no text', ''], ['a dot', '.'], ['two dots', '..'],
  ])('%s, has none', (_type, id) => expect(hasName(id)).toBe(false));
});
