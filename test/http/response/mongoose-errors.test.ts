import { Mongoose, Schema } from 'mongoose';
import { findMongooseFailure } from '../../../src/http/response/mongoose-errors.ts';

const secret = 'hunter2';
/** Models of its own, because other tests of this process look at those of Mongoose itself. */
const mongoose = new Mongoose();
const refuse = (message: string) => ({ validator: () => false, message });
const Notes = mongoose.model('NotesWithRules', new Schema({
  title: { type: String, required: true },
  pin: { type: String, minlength: 8 },
  long: { type: String, maxlength: 3 },
  kind: { type: String, enum: ['short', 'long'] },
  form: { type: String, match: /^\d+$/ },
  stars: { type: Number, min: 5 },
  rank: { type: Number, max: 5 },
  due: Date,
  custom: { type: String, validate: refuse('must rhyme') },
  echo: { type: String, validate: refuse('{VALUE} does not rhyme') },
  own: { type: String, required: [true, 'Name an owner'] },
  place: { type: new Schema({ street: { type: String, required: true } }), default: undefined },
}));

async function thrownBy(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(() => undefined, (error: unknown) => error);
}

describe('findMongooseFailure', () => {
  it('a validation error, of every kind, names the paths and never a value', async () => {
    const note = new Notes({
      pin: secret, long: secret, kind: secret, form: secret, stars: 1, rank: 41, due: secret, custom: secret, echo: secret, place: {},
    });
    const failure = findMongooseFailure(await thrownBy(() => note.validate()));
    expect(failure?.code).toBe('invalid-input');
    const messages = Object.fromEntries((failure?.extras.errors ?? []).map(({ field, message }) => [field, message]));
    expect(messages).toEqual({
      'title': 'Path `title` is required.', 'pin': 'is too short', 'long': 'is too long', 'kind': 'is not one of the allowed values',
      'form': 'does not have the required form', 'stars': 'is below the minimum', 'rank': 'is above the maximum',
      'due': 'is not of the type date', 'custom': 'must rhyme', 'echo': 'is not valid', 'own': 'Name an owner',
      'place.street': 'Path `street` is required.',
    });
    expect(JSON.stringify(messages)).not.toContain(secret);
  });

  it('a cast error of a query, is a document that does not exist', async () => {
    const error = await thrownBy(() => Notes.findById('no id').exec());
    expect(findMongooseFailure(error)?.code).toBe('document-not-found');
  });

  it('a thousand faulty fields, one hundred are named', async () => {
    const rules = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`field${index}`, { type: String, required: true }]));
    const error = await thrownBy(() => new (mongoose.model('NotesWithManyRules', new Schema(rules)))().validate());
    expect(findMongooseFailure(error)?.extras.errors).toHaveLength(100);
  });

  it.each([
    ['no error', 'CastError'],
    ['an error of another library with the same name', Object.assign(new Error('no'), { name: 'ValidationError', errors: ['a'] })],
    ['a validation error without fields', Object.assign(new Error('no'), { name: 'ValidationError', errors: {} })],
    ['an error with no errors', Object.assign(new Error('no'), { name: 'ValidationError', errors: null })],
    ['a cast error without a path', Object.assign(new Error('no'), { name: 'CastError' })],
    ['a lost race', new mongoose.Error.VersionError(new Notes(), 1, [])],
  ])('%s, is not answered', (_what, error) => {
    expect(findMongooseFailure(error)).toBeUndefined();
  });
});
