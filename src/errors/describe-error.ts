/**
 * The fields of an error that are logged, with its causes.
 *
 * It leaves out all others: an error of the database may contain the document that could not be written, with its hashes.
 */
export function describeError(error: unknown): unknown {
  return describe(error, 0);
}

function describe(error: unknown, depth: number): unknown {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack, cause } = error;
  return {
    type: name, message, stack,
    ...('code' in error && { code: error.code }),
    ...(cause !== undefined && depth < 5 && { cause: describe(cause, depth + 1) }),
  };
}
