import { commandText } from '../../errors/command-text.ts';
import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of users. */
export const userErrors = {
  'user-not-found': { status: 404, detail: 'No such user.' },
  'user-disabled': { status: 401, detail: 'This user or client is disabled: ask an administrator.' },
  'email-taken': { status: 409, detail: 'Another account has this e-mail address already: use another address, or ask an administrator '
    + 'if it is yours.' },
  'self-not-allowed': { status: 409, detail: 'You cannot do this to your own account here: use the URLs under /profile/, or ask another '
    + 'administrator.' },
  'last-superadmin': { status: 409, detail: 'This is the last active superadmin: make another user superadmin first.' },
  'superadmin-not-timed': { status: 422, detail: 'The superadmin role has no start and no end date: remove it when it should end.' },
  'set-up-link-invalid': { status: 409, detail: 'This set-up link was used or replaced, or it has expired: print a new one with '
    + `"${commandText('seed', '--link')}".` },
  'users-unreachable': { status: 503, retryAfter: 2, detail: 'The service that checks users does not answer: try again shortly.' },
} as const satisfies Record<string, ErrorEntry>;
