/** The builders of input fields. One declaration gives validation, documentation and static type. */
export { custom, list, objectOf } from './composite-fields.ts';
export type { RefuseValue } from './composite-fields.ts';
export { fromZod } from './from-zod.ts';
export { optional, toObjectSchema, withDefault } from './field.ts';
export type { Field, Fields, InputOf, JsonSchema } from './field.ts';
export {
  boolean, email, idField, integer, isoDate, isPlainText, knownEmail, oneOf, password, string, wildcardPath,
} from './scalar-fields.ts';
