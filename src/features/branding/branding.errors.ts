import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of names, looks and return URLs. */
export const brandingErrors = {
  'return-url-not-allowed': { status: 422, detail: '"returnTo" is none of the return URLs: send one exactly as RETURN_URLS or the tenant '
    + 'lists it, or leave it out.' },
} as const satisfies Record<string, ErrorEntry>;
