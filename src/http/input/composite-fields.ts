import { toObjectSchema } from './field.ts';
import type { Field, Fields, InputOf, JsonSchema } from './field.ts';
import { refuse } from './outcome.ts';
import type { Fault, Outcome } from './outcome.ts';
import { createItemReader, createReader } from './validate-fields.ts';

export interface ListLimits {
  readonly min?: number;
  readonly max: number;
}

/** The longest list that {@link list} accepts. Each item takes some 40 microseconds, during which no other request is served. */
const maxItems = 1_000;

/** A list of items of one kind; in a URL, a repeated name. For more than 1,000 items use {@link custom}. */
export function list<T>(item: Field<T, 'required'>, { min = 0, max }: ListLimits): Field<readonly T[], 'required'> {
  if (max > maxItems) throw new Error(`A list of up to ${max} items takes too long to validate: use custom().`);
  return {
    presence: 'required',
    json: { type: 'array', items: item.json, minItems: min, maxItems: max },
    rules: (source) => {
      const readItems = createItemReader(item, source);
      return (value): Outcome<readonly T[]> | Promise<Outcome<readonly T[]>> => {
        const items: unknown = source === 'text' && typeof value === 'string' ? [value] : value;
        if (!Array.isArray(items)) return refuse('must be a list');
        if (items.length < min || items.length > max) return refuse(`must have ${min} to ${max} items`);
        return readItems(items);
      };
    },
  };
}

/** An object with these fields and no others. */
export function objectOf<F extends Fields>(fields: F): Field<InputOf<F>, 'required'> {
  return { presence: 'required', json: toObjectSchema(fields), rules: (source) => createReader(fields, source) };
}

/** Refuses the value, or the part of it at `at`, such as `[2].url`. */
export type RefuseValue = (message: string, at?: string) => never;

export interface CustomForm<T> {
  /** The same shape as JSON Schema, only for the documentation. */
  readonly json: JsonSchema;
  readonly parse: (value: unknown, refuse: RefuseValue) => T;
}

/**
 * A field with its own parser, such as a right that is a string or an object.
 *
 * `parse` gets the value that was sent and builds a new one. It must check every part that it copies, and call `refuse` for an
 * invalid value. Any other error that it throws is an internal error (500).
 */
export function custom<T>({ json, parse }: CustomForm<T>): Field<T, 'required'> {
  return {
    presence: 'required',
    json,
    rules: () => (value): Outcome<T> => {
      let fault: Fault | undefined;
      try {
        return { ok: true, value: parse(value, (message, at = '') => {
          fault = { at, message };
          throw new Error(message);
        }) };
      } catch (error) {
        if (fault) return { ok: false, faults: [fault] };
        throw error;
      }
    },
  };
}
