import type { ErrorCode } from '../../errors/table.ts';
import { findKnownFailure } from '../../http/response/known-failures.ts';

/** The code of the response to an error. */
export function codeOf(error: unknown): ErrorCode {
  return findKnownFailure(error)?.code ?? 'internal';
}
