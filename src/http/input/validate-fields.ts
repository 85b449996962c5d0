import { checkSchema, matchedData } from 'express-validator';
import type { Field, Fields, InputOf, Rules, Source } from './field.ts';

/** A fault in one part of a value. */
export interface Fault {
  /** The path of the part: empty for the value itself, or for example `.rights[2].url`. */
  readonly at: string;
  readonly message: string;
}

type Chains = ReturnType<typeof checkSchema>;

/** Maximum number of faults in one response. */
export const maxFaults = 50;

/** A valid value, or all its faults. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Creates a function that reads an object with these fields and no others.
 *
 * Its result is a new object with only the declared fields (`matchedData` of express-validator). The input is not changed.
 * Throws at once if a field name is not a plain identifier.
 */
export function createReader<F extends Fields>(fields: F, source: Source): (value: unknown) => Promise<Outcome<InputOf<F>>> {
  const names = Object.keys(fields);
  for (const name of names) {
    if (!/^[A-Za-z_]\w*$/.test(name) || name in Object.prototype) throw new Error(`"${name}" cannot be the name of a field.`);
  }
  // Created by the first request: for all routes together that would take a fifth of the time that createGatehouse takes.
  let created: Chains | undefined;
  const chains = (): Chains => created ??= checkSchema(toSchema(fields, source), ['body']);
  const defaulted = names.filter((name) => fields[name]?.presence === 'defaulted');
  const fallbacks = Object.fromEntries(defaulted.map((name) => [name, fields[name]?.fallback]));

  const noFields = {} as InputOf<F>; // used only if F has no names, to save these requests a slow call

  return async (value) => {
    if (!isRecord(value)) return refuse('must be an object');
    const unknown = Object.keys(value)
      .filter((name) => !Object.hasOwn(fields, name))
      .map((name) => ({ at: `.${name}`, message: 'is not known here' }));
    if (names.length === 0 && unknown.length === 0) return { ok: true, value: noFields };
    // Express-validator changes its input, and req.query is read-only, so it gets a copy in a separate request.
    const request = { body: { ...value } };
    const results = await chains().run(request);
    const faults = results.flatMap((result) => result.array({ onlyFirstError: true })).flatMap((error) => toFaults(error));
    if (faults.length + unknown.length > 0) return { ok: false, faults: [...faults, ...unknown] };
    return { ok: true, value: { ...fallbacks, ...matchedData<InputOf<F>>(request) } };
  };
}

/** Creates a function that reads every item of a list by the same rules. */
export function createItemReader<T>(item: Field<T>, source: Source): (items: readonly unknown[]) => Promise<Outcome<readonly T[]>> {
  const chains = checkSchema({ '*': item.rules(source) }, ['body']);
  return async (items) => {
    const request = { body: [...items] };
    const results = await chains.run(request);
    const faults = results.flatMap((result) => result.array({ onlyFirstError: true })).flatMap((error) => toFaults(error));
    if (faults.length > 0) return { ok: false, faults };
    return { ok: true, value: request.body as T[] }; // the rules have converted each item to a T
  };
}

/** A refusal of the whole value. */
export function refuse(message: string): { readonly ok: false; readonly faults: readonly Fault[] } {
  return { ok: false, faults: [{ at: '', message }] };
}

/** The rules of a field that one function reads as a whole. */
export function rulesOf(read: (value: unknown) => Outcome<unknown> | Promise<Outcome<unknown>>): Rules {
  return {
    readOutcome: { customSanitizer: read },
    checkOutcome: {
      custom: (outcome: Outcome<unknown>) => outcome.ok,
      errorMessage: (outcome: Outcome<unknown>) => (outcome.ok ? [] : outcome.faults),
      bail: true,
    },
    takeOutcome: { customSanitizer: (outcome: Outcome<unknown>) => (outcome.ok ? outcome.value : undefined) },
  };
}

// checkExact of express-validator is not used for unknown fields: it looks up names in a plain object, so it knows "toString"
// and "__proto__", and it skips a location for which no field is declared.
function toSchema(fields: Fields, source: Source): Record<string, Rules> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.presence === 'required'
    ? { exists: { errorMessage: 'is required', bail: true }, ...field.rules(source) }
    : { optional: true, ...field.rules(source) }]));
}

function toFaults(error: { readonly type: string; readonly msg: unknown; readonly path?: string }): Fault[] {
  const at = error.path?.startsWith('[') ? error.path : `.${error.path ?? ''}`;
  if (typeof error.msg === 'string') return [{ at, message: error.msg }];
  const faults = error.msg as readonly Fault[]; // from rulesOf, the only other source
  return faults.map((fault) => ({ at: at + fault.at, message: fault.message }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
