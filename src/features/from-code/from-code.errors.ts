import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of calls from the code of a host. */
export const fromCodeErrors = {
  'actor-refused': { status: 403, detail: 'The actor of this call is unknown or disabled, or its tenant is not active: name '
    + 'another actor.' },
} as const satisfies Record<string, ErrorEntry>;
