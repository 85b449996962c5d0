import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of the pages of the server. */
export const systemErrors = {
  'file-not-found': { status: 404, detail: 'No such file.' },
} as const satisfies Record<string, ErrorEntry>;
