import type { ErrorCode } from '../../errors/errors.ts';
import { findKnownFailure } from '../../http/response/known-failures.ts';

/** The code that an error is answered with. */
export function codeOf(error: unknown): ErrorCode {
  return findKnownFailure(error)?.code ?? 'internal';
}
