/** Says whether a write failed because the same key exists already in a unique index (MongoDB error 11000). */
export function isDuplicate(error: unknown): error is Error & { readonly code: 11_000 } {
  return error instanceof Error && 'code' in error && error.code === 11_000;
}
