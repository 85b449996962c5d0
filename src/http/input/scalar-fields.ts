import { isOneOfAKind } from './email-address.ts';
import type { Field, JsonSchema, Rules, Source } from './field.ts';

/** Limits in characters (code points), as in JSON Schema. */
export interface TextLimits {
  readonly min?: number;
  readonly max: number;
  /** Must run in linear time, because the text may be hostile and have up to `max` characters. */
  readonly pattern?: RegExp;
  /** Removes white space from both ends before characters are counted. */
  readonly trim?: boolean;
}

/** Whether a value is a string that every store and log keeps unchanged: no NUL, no half of a surrogate pair. */
export function isPlainText(value: unknown): value is string {
  return isWellFormed(value) && !value.includes('\0');
}

// With the u flag, a surrogate pair is one code point, so this finds only lone surrogates.
function isWellFormed(value: unknown): value is string {
  return typeof value === 'string' && !/[\uD800-\uDFFF]/u.test(value);
}

const plainText = {
  isString: { errorMessage: 'must be a string', bail: true },
  hasPlainText: { custom: isPlainText, errorMessage: 'must not contain a NUL character or half of a surrogate pair', bail: true },
} satisfies Rules;

/** Text of limited length. Refuses everything that is not a string, NUL characters and lone surrogates. */
export function string({ min = 0, max, pattern, trim = false }: TextLimits): Field<string, 'required'> {
  // Text of blanks alone is empty after they are removed.
  const form = pattern?.source ?? (trim && min > 0 ? '\\S' : undefined);
  return required({ type: 'string', minLength: min, maxLength: max, ...(form !== undefined && { pattern: form }) }, () => ({
    ...plainText,
    ...(trim && { trim: true }),
    isLength: { options: { min, max }, errorMessage: `must have ${min} to ${max} characters`, bail: true },
    ...(pattern && { matches: { options: pattern, errorMessage: `must match ${pattern.source}` } }),
  }));
}

/** The id of a stored thing. */
export const idField = string({ min: 1, max: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ });

const emailRules = {
  ...plainText,
  isLength: { options: { max: 254 }, errorMessage: 'must have at most 254 characters', bail: true },
  isEmail: { errorMessage: 'must be an e-mail address', bail: true },
} satisfies Rules;

/**
 * An e-mail address of at most 254 characters (RFC 5321 section 4.5.3.1.3). It is not changed. It is refused if it could be confused
 * with another address.
 */
export function email(): Field<string, 'required'> {
  const errorMessage = 'must not contain invisible characters, quotes or letters in a special form, and needs a domain name after the @';
  return required({ type: 'string', format: 'email', maxLength: 254 }, () => ({
    ...emailRules, hasForm: { custom: (value: unknown) => isOneOfAKind(String(value)), errorMessage },
  }));
}

/** An address to look up a user. It may be older than the rules of {@link email}, so only its general form is checked. */
export function knownEmail(): Field<string, 'required'> {
  return required({ type: 'string', format: 'email', maxLength: 254 }, () => emailRules);
}

/**
 * A password of at most 1,024 characters. It is not changed.
 *
 * Its strength is checked elsewhere, so that a weak password always gives the same error (`weak-password`).
 */
export function password(): Field<string, 'required'> {
  return required({ type: 'string', format: 'password', maxLength: 1_024 }, () => ({
    isString: { errorMessage: 'must be a string', bail: true },
    hasForm: { custom: isWellFormed, errorMessage: 'must not contain half of a surrogate pair', bail: true },
    isLength: { options: { max: 1_024 }, errorMessage: 'must have at most 1024 characters' },
  }));
}

/** A whole number: a JSON number in a body, decimal digits in a URL. Both limits are included. */
export function integer({ min, max }: { readonly min: number; readonly max: number }): Field<number, 'required'> {
  const errorMessage = `must be a whole number from ${min} to ${max}`;
  const isInRange = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
  return required({ type: 'integer', minimum: min, maximum: max }, (source): Rules => (source === 'json'
    ? { hasForm: { custom: isInRange, errorMessage } }
    : {
      isString: { errorMessage, bail: true },
      isInt: { options: { min, max, allow_leading_zeroes: false }, errorMessage, bail: true },
      toInt: true,
    }));
}

/** true or false: as JSON in a body, as these words in a URL. */
export function boolean(): Field<boolean, 'required'> {
  const errorMessage = 'must be true or false';
  return required({ type: 'boolean' }, (source): Rules => (source === 'json'
    ? { isBoolean: { options: { strict: true }, errorMessage } }
    : {
      isString: { errorMessage, bail: true },
      isIn: { options: [['true', 'false']], errorMessage, bail: true },
      toBoolean: { options: true },
    }));
}

/** One of some fixed words. */
export function oneOf<const W extends string>(words: readonly W[]): Field<W, 'required'> {
  const errorMessage = `must be one of ${words.join(', ')}`;
  return required({ type: 'string', enum: words }, () => ({
    isString: { errorMessage, bail: true },
    isIn: { options: [words], errorMessage },
  }));
}

/** A time of RFC 3339 with a zone, or a day in UTC. A day means its start, or the start of the next day with `dayMeans: 'end'`. */
export function isoDate({ dayMeans = 'start' }: { readonly dayMeans?: 'start' | 'end' } = {}): Field<Date, 'required'> {
  const errorMessage = 'must be a date such as 2026-11-22 or 2026-11-22T10:30:00Z';
  // A time without a zone is refused, because it would mean a different time on servers in different zones.
  const [day, time] = ['[1-9]\\d{3}-\\d\\d-\\d\\d', 'T\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d)'];
  const pattern = new RegExp(`^${day}(?:${time})?$`);
  const forms = [{ format: 'date-time', pattern: `^${day}${time}$` }, { format: 'date', pattern: `^${day}$` }];
  return required({ type: 'string', oneOf: forms }, () => ({
    isString: { errorMessage, bail: true },
    matches: { options: pattern, errorMessage, bail: true },
    isISO8601: { options: { strict: true }, errorMessage, bail: true },
    convert: { customSanitizer: (value: string) => (dayMeans === 'end' && isDay(value) ? endOfDay(value) : value) },
    toDate: true,
    hasForm: { custom: (value: unknown) => value instanceof Date, errorMessage },
  }));
}

function isDay(text: string): boolean {
  return text.length === 'YYYY-MM-DD'.length;
}

function endOfDay(day: string): string {
  return new Date(Date.parse(day) + 24 * 60 * 60 * 1_000).toISOString();
}

/** The path that a `*path` of a URL matched, with slashes between its parts. */
export function wildcardPath({ max }: { readonly max: number }): Field<string, 'required'> {
  const isPath = (value: unknown) => Array.isArray(value) && value.every(isPlainText) && value.join('/').length <= max;
  // Every other path is refused before it reaches a route, or is unknown to it.
  return required({ type: 'string', maxLength: max, pattern: '^[A-Za-z0-9_][\\w./-]*$' }, () => ({
    hasForm: { custom: isPath, errorMessage: `must be a path of at most ${max} characters`, bail: true },
    convert: { customSanitizer: (parts: readonly string[]) => parts.join('/') },
  }));
}

/** A required field with these rules. */
function required<T>(json: JsonSchema, rules: (source: Source) => Rules): Field<T, 'required'> {
  return { json, rules, presence: 'required' };
}
