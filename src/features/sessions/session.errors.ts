import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of sessions and logins. */
export const sessionErrors = {
  'invalid-credentials': { status: 401, detail: 'E-mail address or password is wrong.' },
  'login-method-closed': { status: 403, detail: 'This tenant does not allow login by password: use another way to log in, or ask an '
    + 'administrator.' },
  'session-ended': { status: 401, detail: 'The session has ended: log in again.' },
  'session-not-found': { status: 404, detail: 'No such session.' },
  'refresh-token-invalid': { status: 401, detail: 'The refresh token was used before, or its session has ended: log in again.' },
} as const satisfies Record<string, ErrorEntry>;
