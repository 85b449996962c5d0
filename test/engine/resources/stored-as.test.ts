import mongoose from 'mongoose';
import { createStoredAs } from '../../../src/engine/resources/stored-as.ts';

const { ObjectId, UUID } = mongoose.mongo;
const stored = createStoredAs(mongoose.mongo);
const [first, last] = [new Date('0001-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')];
const id = (start: string) => new ObjectId(start.padEnd(24, '0'));
/** Of a field, or of one element of the list in it. */
const between = (range: object) => ({
  $or: [{ a: { $elemMatch: range } }, { $and: [{ $nor: [{ a: { $type: 'array' } }] }, { a: range }] }],
});

describe('values beside a value, as they are stored', () => {
  it('numbers and truths, are compared with their kind alone', () => {
    expect(stored.beside('gt', 'a', [5])).toEqual({ $or: [{ a: { $gt: 5 } }] });
    expect(stored.beside('lt', 'a', [5, true])).toEqual({ $or: [{ a: { $lt: 5 } }, { a: { $lt: true } }] });
  });

  it('a text, is compared with texts, ids and times', () => {
    expect(stored.beside('gt', 'a', ['5z'])).toEqual(
      { $or: [{ a: { $gt: '5z' } }, { a: { $gte: id('6') } }, between({ $gte: new Date('6000-01-01T00:00:00.000Z'), $lte: last })] },
    );
    expect(stored.beside('lt', 'a', ['5z'])).toEqual(
      { $or: [{ a: { $lt: '5z' } }, { a: { $lt: id('6') } }, between({ $lt: new Date('6000-01-01T00:00:00.000Z'), $gte: first })] },
    );
  });

  it('the text of an id, is not greater than itself; that of a time neither', () => {
    const hex = '0123456789abcdef01234567';
    expect(stored.beside('gt', 'a', [hex])).toMatchObject({ $or: [{ a: { $gt: hex } }, { a: { $gt: new ObjectId(hex) } }, {}] });
    const time = '2020-01-01T00:00:00.000Z';
    expect(stored.beside('gt', 'a', [time]))
      .toEqual({ $or: [{ a: { $gt: time } }, { a: { $gte: id('20200') } }, between({ $gt: new Date(time), $lte: last })] });
  });

  it('a text behind all ids and times, has all of them before it, and none behind it', () => {
    expect(stored.beside('lt', 'a', ['z']))
      .toEqual({ $or: [{ a: { $lt: 'z' } }, { a: { $type: 'objectId' } }, between({ $lte: last, $gte: first })] });
    expect(stored.beside('gt', 'a', ['z'])).toEqual({ $or: [{ a: { $gt: 'z' } }] });
  });
});

describe('values equal to a value, as they are stored', () => {
  it('a text that is that of an id, a time or a UUID, may be stored so; others are not', () => {
    const [hex, time, uuid] = ['0123456789abcdef01234567', '2020-01-01T00:00:00.000Z', '01234567-89ab-cdef-0123-456789abcdef'];
    expect(stored.equal('a', [5, 'plain', hex, time, uuid]))
      .toEqual({ a: { $in: [5, 'plain', hex, time, uuid, new ObjectId(hex), new Date(time), new UUID(uuid)] } });
  });

  it.each<[string, unknown[]]>([
    ['5', [5]], ['-5', [-5]], ['5.5', [5.5]], ['05', []], ['1e21', []], ['1e+21', [1e21]], ['true', [true]], ['false', [false]],
    ['True', []],
    ['9007199254740993', [9007199254740993n]], ['9223372036854775807', [9223372036854775807n]], ['9223372036854775808', []],
    ['-9223372036854775808', [-9223372036854775808n]], ['-9223372036854775809', []],
  ])('an id that is called %s, may be stored as %p', (name, values) => {
    expect(stored.named([name])).toEqual({ _id: { $in: [name, ...values] } });
  });

  it('a name with several spellings, is found in each', () => {
    expect(stored.named(['\u00e9'])).toEqual({ $or: [{ _id: { $in: ['\u00e9'] } }, { _id: expect.any(RegExp) as RegExp }] });
  });
});

describe('documents that no resource name can name', () => {
  it('by their bytes, are all but those between the least and the greatest UUID', () => {
    const { $or } = stored.nameless() as { readonly $or: readonly unknown[] }; // how it is made
    expect($or).toContainEqual({ $and: [
      { _id: { $type: 'binData' } },
      { $nor: [{ _id: {
        $gte: new UUID('00000000-0000-0000-0000-000000000000'), $lte: new UUID('ffffffff-ffff-ffff-ffff-ffffffffffff'),
      } }] },
    ] });
  });
});

describe('values that are missing', () => {
  it('are none, no number, of a type that cannot be compared, lists in lists and times beyond the range', () => {
    expect(stored.missing('a')).toEqual({
      $or: [
        { a: { $in: [null, NaN] } },
        { a: { $type: ['object', 'regex', 'javascript', 'javascriptWithScope', 'timestamp', 'minKey', 'maxKey', 'dbPointer'] } },
        { a: { $elemMatch: { $type: 'array' } } }, { a: { $lt: first } }, { a: { $gt: last } },
      ],
    });
    expect(stored.bytes('a')).toEqual({ a: { $type: 'binData' } });
  });
});
