/** Says whether a write failed because a unique index has the same key already (MongoDB error 11000). */
export function isDuplicate(error: unknown): error is Error & { readonly code: 11_000 } {
  return error instanceof Error && 'code' in error && error.code === 11_000;
}
