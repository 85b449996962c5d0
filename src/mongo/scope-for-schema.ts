import mongoose from 'mongoose';
import type { Schema, SchemaType } from 'mongoose';
import { scalarOf } from '../access/condition.attribute.ts';
import { nothing } from '../access/scope.ts';
import type { Filter } from '../access/scope.ts';
import { ids, limitAt, times } from './text-order.ts';

/**
 * A scope as the documents of a schema are stored: what it names as text becomes the id or the time that it stands for.
 *
 * A value that Mongoose would read as another one, such as "5" for a number, equals nothing that is stored and is left
 * out, as in a decision. In a field of no type, text is looked for as an id and a time as well. The result is marked as trusted,
 * so that `sanitizeFilter` leaves it alone.
 */
export function scopeForSchema(schema: Schema, filter: Filter): Filter {
  return all(Object.entries(filter).flatMap(([name, value]): Filter[] => {
    if (name.startsWith('$')) return [{ [name]: (value as Filter[]).map((part) => scopeForSchema(schema, part)) }]; // $and, $or and $nor hold filters
    const type = typeAt(schema, name);
    return Object.entries(value as Filter).map(([operator, operand]) => compared(name, operator, operand, type)); // a scope compares fields by operators alone
  }));
}

function compared(name: string, operator: string, operand: unknown, type: SchemaType | undefined): Filter {
  const by = (value: unknown): Filter => ({ [name]: mongoose.trusted({ [operator]: value }) });
  if (operator === '$in') return by((operand as unknown[]).flatMap((value) => stored(value, type))); // it takes a list
  if (operator !== '$gt' && operator !== '$lt') return by(operand);
  const limits = limitsOf(operator, operand, type);
  return limits.length === 0 ? nothing : { $or: limits.map(by) };
}

function all(parts: readonly Filter[]): Filter {
  const [first, ...others] = parts;
  if (!first) return {};
  return others.length === 0 ? first : { $and: parts };
}

/** All that the value may be stored as; nothing if Mongoose would read it as another one. */
function stored(value: unknown, type: SchemaType | undefined): unknown[] {
  if (value === null) return [value];
  if (!type) return [value, ...(typeof value === 'string' ? [...storedAs(value, anyId), ...storedAs(value, anyTime)] : [])];
  return storedAs(value, type);
}

const anyId = new mongoose.Schema.Types.ObjectId('anyId', {});
const anyTime = new mongoose.Schema.Types.Date('anyTime', {});

function storedAs(value: unknown, type: SchemaType): unknown[] {
  try {
    const read = (type as QueryCasting).castForQuery(null, value, null);
    return scalarOf(read) === value ? [read] : [];
  } catch (error) {
    if (error instanceof mongoose.Error.CastError) return [];
    throw error;
  }
}

/** What Mongoose runs on each value of a query, setters included; its types leave it out. */
type QueryCasting = SchemaType & { castForQuery(operator: null, value: unknown, context: null): unknown };

/** The type of a field, or of the elements of a list; undefined if the schema does not know, or lets it hold whatever it likes. */
function typeAt(schema: Schema, path: string): SchemaType | undefined {
  const type = schema.path(path) as SchemaType | undefined; // whatever its types say, there may be none
  if (type) {
    const single = type.getEmbeddedSchemaType() ?? type;
    return single.instance === 'Mixed' ? undefined : single;
  }
  const names = path.split('.');
  for (let length = names.length - 1; length > 0; length -= 1) {
    const outer = schema.path(names.slice(0, length).join('.')) as (SchemaType & { readonly schema?: Schema }) | undefined; // types of subdocuments have one
    if (outer) return outer.schema && typeAt(outer.schema, names.slice(length).join('.'));
  }
  return undefined;
}

/** Decisions compare times as ISO 8601 text, where "2026-12-01" comes before every moment of that day, and ids as their text. */
function limitsOf(operator: '$gt' | '$lt', value: unknown, type: SchemaType | undefined): unknown[] {
  if (typeof value !== 'string') return stored(value, type);
  if (!type) return [value, limitAt(operator, value, times), limitAt(operator, value, ids)];
  if (type.instance === 'Date') return [limitAt(operator, value, times)];
  return type.instance === 'ObjectId' ? [limitAt(operator, value, ids)] : stored(value, type);
}
