import { AppError } from '../../errors/errors.ts';
import type { FieldError } from '../../errors/errors.ts';

/** How many faulty fields one answer names. */
const maxFields = 100;

/** An error of one field, from Mongoose. */
interface FieldFailure extends Error {
  readonly kind: unknown;
  readonly path: string;
  readonly value: unknown;
}

/**
 * Converts an error that Mongoose throws for values of a request; undefined for others.
 *
 * A CastError becomes `document-not-found`: no document has an id of another type. A ValidationError becomes `invalid-input` with
 * the paths of the fields. Values are never repeated, because they may be secret. It reads names and fields instead of classes, which
 * several versions of Mongoose in one process do not share.
 */
export function findMongooseFailure(error: unknown): AppError | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'CastError' && isFieldFailure(error)) return new AppError('document-not-found', {}, error);
  if (error.name !== 'ValidationError' || !('errors' in error) || typeof error.errors !== 'object') return undefined;
  // A nested document has an entry of its own, beside the entries of its fields.
  const failures = Object.entries(error.errors ?? {}).flatMap(
    ([path, failure]) => (isFieldFailure(failure) ? [describe(path, failure)] : []),
  );
  return failures.length > 0 ? new AppError('invalid-input', { errors: failures.slice(0, maxFields) }, error) : undefined;
}

function isFieldFailure(error: unknown): error is FieldFailure {
  return error instanceof Error && 'kind' in error && 'value' in error && 'path' in error && typeof error.path === 'string';
}

/** `path` is the whole path. An error of a nested document has only the last part of its own. */
function describe(path: string, { name, kind, value, message }: FieldFailure): FieldError {
  if (name === 'CastError') return { field: path, message: `is not of the type ${String(kind)}` };
  const shown = String(value);
  const isShown = value !== undefined && value !== null && (shown === '' || message.includes(shown));
  return { field: path, message: isShown ? withoutValue[String(kind)] ?? 'is not valid' : message };
}

/** Messages for the kinds of Mongoose whose own message repeats the value. */
const withoutValue: Readonly<Record<string, string>> = {
  required: 'is required',
  enum: 'is not one of the allowed values',
  regexp: 'does not have the required form',
  minlength: 'is too short',
  maxlength: 'is too long',
  min: 'is below the minimum',
  max: 'is above the maximum',
};
