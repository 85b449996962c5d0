import type { JsonSchema } from '../input/field.ts';

/** One way to fill a body. */
export interface BodyOption {
  /** The fields that must be sent. */
  readonly needs: readonly string[];
  /** The fields that must not be sent. */
  readonly without: readonly string[];
  /** Further limits of fields. */
  readonly limits?: Readonly<Record<string, JsonSchema>>;
}

/** Describes a body that must be filled in exactly one of several ways. */
export function either(...options: readonly BodyOption[]): JsonSchema {
  return { oneOf: options.map(({ needs, without, limits }) => ({
    required: needs, properties: { ...Object.fromEntries(without.map((name) => [name, false])), ...limits },
  })) };
}

/** Describes a body that must have exactly one of two fields. */
export function oneFieldOf(one: string, other: string): JsonSchema {
  return either({ needs: [one], without: [other] }, { needs: [other], without: [one] });
}

/** Describes an edit: a body that must have at least one of these fields. */
export function someFieldOf(...names: readonly string[]): JsonSchema {
  return { minProperties: 1, anyOf: names.map((name) => ({ required: [name] })) };
}
