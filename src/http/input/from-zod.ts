import { z } from 'zod';
import type { Field, JsonSchema } from './field.ts';
import { maxFaults } from './outcome.ts';
import type { Fault } from './outcome.ts';

/** A fault of one part of a value that a zod schema has read. */
export interface SchemaFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A field that a zod schema reads as a whole: the schema also gives its documentation and its type. */
export function fromZod<T>(schema: z.ZodType<T>): Field<T, 'required'> {
  return {
    presence: 'required',
    json: toJsonSchema(schema, 'input'),
    rules: () => (value) => {
      const { success, data, error } = schema.safeParse(value);
      return success ? { ok: true, value: data } : { ok: false, faults: faultsOf(error) };
    },
  };
}

/** The faults with their places in the form of a response: `.rights[2].url`. */
export function faultsOf(error: z.ZodError): Fault[] {
  return findSchemaFaults(error).map(({ path, message }) => ({ at: textOf(path), message }));
}

/**
 * Lists the faults. Each unknown field is one fault. The faults of a name in a record stand at that name. For a union, lists the faults of
 * the option that fits best.
 */
export function findSchemaFaults({ issues }: Pick<z.ZodError, 'issues'>, above: readonly PropertyKey[] = []): SchemaFault[] {
  return issues.slice(0, maxFaults).flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') return issue.keys.slice(0, maxFaults).map(
      (name) => ({ path: [...path, name], message: 'is an unknown field' }),
    );
    if (issue.code === 'invalid_key') return issue.issues.slice(0, maxFaults).map(({ message }) => ({ path, message }));
    const closest = issue.code === 'invalid_union' ? closestOption(issue.errors) : undefined;
    return closest ? findSchemaFaults({ issues: closest }, path) : [{ path, message: issue.message }];
  });
}

/** The option with the fewest faults among those of the value's type; undefined if there is none, or more than one. */
function closestOption(options: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const ofType = options.filter((issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
  const fewest = Math.min(...ofType.map(({ length }) => length));
  const [closest, another] = ofType.filter(({ length }) => length === fewest);
  return another ? undefined : closest;
}

/** Converts a zod schema, once. `io` selects its input, or its output, from which unknown keys are removed. */
export function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const known = converted[io].get(schema);
  if (known) return known;
  const { $schema: _, ...plain } = z.toJSONSchema(schema, { target: 'draft-2020-12', io }); // the OpenAPI document has it only once
  const json = withOneOf(plain) as JsonSchema; // an object stays one
  converted[io].set(schema, json);
  return json;
}

/** What was converted: a schema never changes, and each Gatehouse of a process describes the same ones. */
const converted = { input: new WeakMap<z.ZodType, JsonSchema>(), output: new WeakMap<z.ZodType, JsonSchema>() };

/** The options of our unions exclude each other, which tells clients more than that one of them fits. */
function withOneOf(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withOneOf);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name === 'anyOf' ? 'oneOf' : name, withOneOf(value)]));
}

function textOf(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
}
