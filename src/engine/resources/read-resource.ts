import type { Attributes } from '../policies/condition.ts';

/**
 * Reads the attributes of a resource: a plain object, such as a lean document, or a document of Mongoose with what it holds.
 *
 * As in a scope, `resource.id` is what MongoDB calls `_id`.
 */
export function readResource(given: Attributes): Attributes {
  const attributes = isDocument(given) ? given.toObject(asStored) : given;
  return Object.hasOwn(attributes, '_id') ? { ...attributes, id: attributes['_id'] } : attributes;
}

/** Nothing that Mongoose adds to the fields when it shows a document. */
const asStored = {
  getters: false, virtuals: false, transform: false, depopulate: true, minimize: false, flattenMaps: false, versionKey: true,
};

type MongooseDocument = Attributes & { toObject(options: typeof asStored): Attributes };

/** Fields of a document of Mongoose are none of its own: taken for a plain object, it would tell nothing. */
function isDocument(value: Attributes): value is MongooseDocument {
  return '$__' in value && typeof value['toObject'] === 'function';
}
