import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of memberships. */
export const membershipErrors = {
  'membership-not-found': { status: 404, detail: 'This user does not have this role on this resource.' },
} as const satisfies Record<string, ErrorEntry>;
