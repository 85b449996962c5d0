import type { Attributes } from '../policies/decision-context.types.ts';

/**
 * Reads the attributes of a resource from a plain object, such as a lean document, or from a Mongoose document.
 *
 * As in a scope, `resource.id` is the `_id` of MongoDB.
 */
export function readResource(given: object): Attributes {
  const attributes = isDocument(given) ? given.toObject(asStored) : given as Attributes; // fields are read by name, whatever its type says
  return Object.hasOwn(attributes, '_id') ? { ...attributes, id: attributes['_id'] } : attributes;
}

/** The fields as they are stored, without anything that Mongoose adds. */
const asStored = {
  getters: false, virtuals: false, transform: false, depopulate: true, minimize: false, flattenMaps: false, versionKey: true,
};

type MongooseDocument = Attributes & { toObject(options: typeof asStored): Attributes };

/** The fields of a Mongoose document are not own properties, so it must not be read like a plain object. */
function isDocument(value: object): value is MongooseDocument {
  return '$__' in value && 'toObject' in value && typeof value.toObject === 'function';
}
