import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of delegation. */
export const grantErrors = {
  'target-outranks-caller': { status: 403, detail: 'This user has rights that you do not have: only a user who has all of them may do '
    + 'this.' },
  'grants-exceed-own': { status: 403, detail: 'This would give or remove grants that you do not have yourself: only a user who has all '
    + 'of them may do this.' },
} as const satisfies Record<string, ErrorEntry>;
