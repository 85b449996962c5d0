import { checkSchema, matchedData } from 'express-validator';
import type { Field, Fields, InputOf, Rules, Source } from './field.ts';
import { faultsAt, refuse } from './outcome.ts';
import type { Fault, Outcome, ReadValue } from './outcome.ts';

type Chains = ReturnType<typeof checkSchema>;
type Values = Record<string, unknown>;

/**
 * Creates a function that reads an object with these fields and no others.
 *
 * Its result is a new object with only the declared fields. The input is not changed. Throws at once if a field name is not a plain
 * identifier. Rules of fields are those of express-validator. A field that one function reads as a whole does not need them, and they
 * would take ten times as long as most such functions.
 */
export function createReader<F extends Fields>(fields: F, source: Source): (value: unknown) => Promise<Outcome<InputOf<F>>> {
  const names = Object.keys(fields);
  for (const name of names) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name in Object.prototype) throw new Error(`"${name}" cannot be the name of a field.`);
  }
  const readers = createFieldReaders(fields, source);
  const fallbacks = Object.fromEntries(names.flatMap((name) => {
    const field = fields[name];
    return field?.presence === 'defaulted' ? [[name, field.fallback]] : [];
  }));

  return async (value) => {
    if (!isRecord(value)) return refuse('must be an object');
    const unknown = Object.keys(value)
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => ({ at: `.${name}`, message: 'is not known here' }));
    const values: Values = { ...fallbacks };
    const faults: Fault[] = [];
    for (const read of readers) faults.push(...await read(value, values));
    if (faults.length + unknown.length > 0) return { ok: false, faults: [...inOrderOf(names, faults), ...unknown] };
    return { ok: true, value: values as InputOf<F> }; // each reader has put the values of its fields into it
  };
}

/** Creates a function that reads every item of a list by the same rules. */
export function createItemReader<T>(item: Field<T>, source: Source): (items: readonly unknown[]) => Promise<Outcome<readonly T[]>> {
  const rules = item.rules(source);
  if (typeof rules === 'function') return readEach(rules as ReadValue<T>); // the field carries the type
  const chains = checkSchema({ '*': rules }, ['body']);
  return async (items) => {
    const request = { body: [...items] };
    const faults = await runChains(chains, request);
    if (faults.length > 0) return { ok: false, faults };
    return { ok: true, value: request.body as T[] }; // the rules have converted each item to a T
  };
}

function readEach<T>(read: ReadValue<T>): (items: readonly unknown[]) => Promise<Outcome<readonly T[]>> {
  return async (items) => {
    const values: T[] = [];
    const faults: Fault[] = [];
    for (const [index, item] of items.entries()) {
      const outcome = await read(item);
      if (outcome.ok) values.push(outcome.value);
      else faults.push(...faultsAt(`[${index}]`, outcome.faults));
    }
    return faults.length > 0 ? { ok: false, faults } : { ok: true, value: values };
  };
}

/** Reads some fields of an object into `values`, and answers their faults. */
type ReadFields = (sent: Readonly<Values>, values: Values) => Promise<Fault[]>;

/** One reader for all fields with rules of express-validator, and one for each field that one function reads as a whole. */
function createFieldReaders(fields: Fields, source: Source): ReadFields[] {
  const read = Object.entries(fields).map(
    ([name, field]) => ({ name, isRequired: field.presence === 'required', rules: field.rules(source) }),
  );
  const schema = Object.fromEntries(read.flatMap(({ name, isRequired, rules }) => (typeof rules === 'function' ? [] : [[name, {
    ...(isRequired ? { exists: { errorMessage: 'is required', bail: true } } : { optional: true }), ...rules,
  }]])));
  const whole = read.flatMap(({ name, isRequired, rules }) => (typeof rules === 'function' ? [readWhole(name, isRequired, rules)] : []));
  return Object.keys(schema).length > 0 ? [createChainReader(schema), ...whole] : whole;
}

function readWhole(name: string, isRequired: boolean, read: ReadValue): ReadFields {
  return async (sent, values) => {
    const value = Object.hasOwn(sent, name) ? sent[name] : undefined;
    if (value === undefined) return isRequired ? [{ at: `.${name}`, message: 'is required' }] : [];
    const outcome = await read(value);
    if (!outcome.ok) return faultsAt(`.${name}`, outcome.faults);
    values[name] = outcome.value;
    return [];
  };
}

function createChainReader(schema: Record<string, Rules>): ReadFields {
  const names = Object.keys(schema);
  // Created by the first request: for all routes together that would take a fifth of the time that createGatehouse takes.
  let created: Chains | undefined;
  return async (sent, values) => {
    created ??= checkSchema(schema, ['body']);
    // Express-validator changes its input, and req.query is read-only, so it gets a copy in a separate request.
    const request = { body: Object.fromEntries(names.flatMap((name) => (Object.hasOwn(sent, name) ? [[name, sent[name]]] : []))) };
    const faults = await runChains(created, request);
    if (faults.length === 0) Object.assign(values, matchedData(request));
    return faults;
  };
}

async function runChains(chains: Chains, request: { readonly body: unknown }): Promise<Fault[]> {
  const results = await chains.run(request);
  return results.flatMap((result) => result.array({ onlyFirstError: true })).map(toFault);
}

// checkExact of express-validator is not used for unknown fields: it looks up names in a plain object, so it knows "toString"
// and "__proto__", and it skips a location for which no field is declared.
function toFault(error: { readonly type: string; readonly msg: unknown; readonly path?: string }): Fault {
  return { at: error.path?.startsWith('[') ? error.path : `.${error.path ?? ''}`, message: String(error.msg) };
}

/** The faults in the order in which their fields are declared. */
function inOrderOf(names: readonly string[], faults: readonly Fault[]): Fault[] {
  const place = ({ at }: Fault) => names.indexOf(/^\.(\w+)/.exec(at)?.[1] ?? '');
  return [...faults].sort((a, b) => place(a) - place(b));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
