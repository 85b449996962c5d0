import { Mongoose, Schema } from 'mongoose';
import { readResource } from '../../../src/engine/resources/read-resource.ts';
import { accessOf } from '../../host/guards/access-of.ts';

// Test files of one worker share mongoose itself, so models are registered elsewhere.
const mongoose = new Mongoose();
const Owner = mongoose.model('ReadResourceOwner', new Schema({ name: String }));
const schema = new Schema({
  owner: { type: Schema.Types.ObjectId, ref: 'ReadResourceOwner' }, price: { type: Number, get: (value: number) => value * 100 },
  labels: { type: Map, of: String }, tags: [String],
}, { toObject: { virtuals: true, transform: () => ({ hidden: true }) } });
schema.virtual('title').get(() => 'made up');
const Doc = mongoose.model('ReadResourceDoc', schema);

describe('the attributes of a resource', () => {
  const owner = new Owner({ name: 'Ann' });
  const doc = new Doc({ owner, price: 5, labels: { colour: 'red' }, tags: ['a'] });

  it('of a document of Mongoose, are its fields as they are stored', () => {
    const read = readResource(doc); // its fields are behind accessors
    expect(read).toMatchObject({ _id: doc._id, id: doc._id, owner: owner._id, price: 5, tags: ['a'] });
    expect(Object.keys(read)).not.toContain('title');
  });

  it('of a document of Mongoose, decide as those of a lean one', () => {
    const policy = (left: string, value: string | number) => ({ effect: 'allow' as const, actions: [
      'read',
    ], resources: ['docs'], conditions: [{ type: 'attribute' as const, left, operator: 'eq' as const, right: { value } }] });
    const held = [policy('resource.owner', String(owner._id)), policy('resource.price', 5), policy(
      'resource.labels.colour', 'red',
    ), policy('resource.tags', 'a'), policy('resource.id', String(doc._id))];
    const answers = held.map(
      (each) => accessOf({ policies: [each] }).can('read', `docs/${String(doc._id)}`, doc as unknown as Record<string, unknown>),
    ); // as above
    expect(answers).toEqual(held.map(() => true));
    expect(
      accessOf({ policies: [policy('resource.price', 500)] }).can('read', 'docs/1', doc as unknown as Record<string, unknown>),
    ).toBe(false); // as above
  });

  it('of a plain object, are the object itself; _id is id as well', () => {
    const plain = { name: 'x' };
    expect(readResource(plain)).toBe(plain);
    expect(readResource({ _id: 5, id: 6 })).toEqual({ _id: 5, id: 5 });
  });
});
