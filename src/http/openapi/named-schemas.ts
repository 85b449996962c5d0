import type { JsonSchema } from '../input/field.ts';

/** The schemas that have a name, by it. */
export type NamedSchemas = Map<string, JsonSchema>;

/**
 * Moves the definitions inside a schema to `named`, and makes its references point to `components/schemas`.
 *
 * Throws if one name stands for two different schemas.
 */
export function moveDefinitions(part: unknown, named: NamedSchemas): unknown {
  if (Array.isArray(part)) return part.map((each) => moveDefinitions(each, named));
  if (typeof part !== 'object' || part === null) return part;
  const { $defs = {}, ...rest } = part as { readonly $defs?: Record<string, unknown> };
  for (const [name, definition] of Object.entries($defs)) {
    const schema = moveDefinitions(definition, named) as JsonSchema; // a definition is a schema
    const known = named.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) throw new Error(`Two schemas have the name ${name}.`);
    named.set(name, schema);
  }
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [
    name, name === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : moveDefinitions(value, named),
  ]));
}

/**
 * Opens the schemas of answers to fields that later versions add, so that clients keep working.
 *
 * The server itself sends no other fields than those of the closed schema.
 */
export function openAnswers<T>(part: T): T {
  if (Array.isArray(part)) return part.map((each: unknown) => openAnswers(each)) as T; // the same list with open items
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).filter(([name, value]) => !(name === 'additionalProperties' && value === false));
  return Object.fromEntries(entries.map(([name, value]) => [name, openAnswers(value as unknown)])) as T; // the same object, open
}
