import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of labels. */
export const labelErrors = {
  'label-exists': { status: 409, detail: 'A label with this name exists already.' },
} as const satisfies Record<string, ErrorEntry>;
