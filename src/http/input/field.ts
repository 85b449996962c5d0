import type { ParamSchema } from 'express-validator';
import type { ReadValue } from './outcome.ts';

/** A JSON Schema of draft 2020-12, as OpenAPI 3.1 uses it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where a value came from: JSON has numbers and booleans, a URL has only text. */
export type Source = 'json' | 'text';

/** The rules of express-validator for one field, with the names of our own rules. */
export type Rules = ParamSchema<keyof ParamSchema | 'hasPlainText' | 'hasForm' | 'convert'>;

/** required: must be sent. optional: may be absent. defaulted: the fallback is used if absent. */
export type Presence = 'required' | 'optional' | 'defaulted';

/**
 * The declaration of an input field: its validation, its documentation and its static type.
 *
 * The builders of fields.ts create it. Null, arrays and objects are refused unless a builder allows them, so that no database
 * operator gets through.
 */
export interface Field<T, P extends Presence = Presence> {
  readonly json: JsonSchema;
  readonly presence: P;
  readonly fallback?: T;
  /** Rules of express-validator, or one function that reads the value as a whole. */
  readonly rules: (source: Source) => Rules | ReadValue;
  /** Never set: it only carries the static type. */
  readonly type?: T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type OptionalName<F extends Fields> = { [N in keyof F]: F[N] extends Field<unknown, 'optional'> ? N : never }[keyof F];

/** The static type of the values that a handler gets for these fields. */
export type InputOf<F extends Fields> =
  & { readonly [N in Exclude<keyof F, OptionalName<F>>]: ValueOf<F[N]> }
  & { readonly [N in OptionalName<F>]?: ValueOf<F[N]> };

/** Creates a field that may be absent. null is still refused. */
export function optional<T>(field: Field<T>): Field<T, 'optional'> {
  return { json: field.json, rules: field.rules, presence: 'optional' };
}

/** Creates a field with a value for when it is absent. */
export function withDefault<T>(field: Field<T>, fallback: T): Field<T, 'defaulted'> {
  return { json: { ...field.json, default: fallback }, rules: field.rules, presence: 'defaulted', fallback };
}

/** The JSON Schema of an object with these fields and no others. */
export function toObjectSchema(fields: Fields): JsonSchema {
  const required = Object.keys(fields).filter((name) => fields[name]?.presence === 'required');
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.json])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
