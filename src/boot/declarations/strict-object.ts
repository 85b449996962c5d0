import { z } from 'zod';
import { methods } from '../../engine/urls/method.ts';
import { didYouMean } from './near-name.ts';

/** An object with these fields and no others. For an unknown field, the message suggests a known one. */
export function strictObject<S extends z.ZodRawShape>(shape: S, otherwise = 'must be an object') {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? nameUnknown(issue.keys, Object.keys(shape)) : otherwise),
  });
}

/** The message about unknown fields. */
export function nameUnknown(names: readonly string[], known: readonly string[]): string {
  return names.map((name) => `has no "${name}"${didYouMean(name, known)}`).join('; it ');
}

export const text = z.string('must be text');
export const flag = z.boolean('must be true or false');

/** A list of at most `max` items. */
export function listOf<T extends z.ZodType>(item: T, max: number) {
  return z.array(item, 'must be a list').max(max, `must have at most ${max} items`);
}

/** A list of at least one method. */
export const methodList = listOf(z.enum(methods, `must be of ${methods.join(', ')}`), methods.length)
  .min(1, 'must name a method, or be left out');

/** An object of the host application with these functions. */
export function withFunctions(names: readonly string[], what: string) {
  return z.custom((value) => isObject(value) && names.every((name) => typeof value[name] === 'function'), `must be ${what}`);
}

/** Says whether a value is an object. A function counts too, because a class with static methods is a function. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
