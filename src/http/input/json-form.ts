import type { Refuse } from './fields.ts';

/** The value as a list of `min` to `max` items. */
export function listAt(value: unknown, at: string, { min = 0, max }: { readonly min?: number; readonly max: number }, refuse: Refuse): readonly unknown[] {
  if (!Array.isArray(value)) return refuse('must be a list', at);
  return value.length >= min && value.length <= max ? value : refuse(`must have ${min} to ${max} items`, at);
}

/** The value as an object with none but these fields. */
export function objectAt(value: unknown, at: string, names: readonly string[], refuse: Refuse): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('must be an object', at);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  return unknown === undefined ? value as Record<string, unknown> : refuse('is an unknown field', `${at}.${unknown}`); // an object, as was just seen
}
