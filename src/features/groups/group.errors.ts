import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of groups. */
export const groupErrors = {
  'group-not-found': { status: 404, detail: 'No such group.' },
  'group-exists': { status: 409, detail: 'A group with this name exists already.' },
  'user-not-in-group': { status: 404, detail: 'This user is not in this group.' },
} as const satisfies Record<string, ErrorEntry>;
