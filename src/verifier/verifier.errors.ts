import type { ErrorEntry } from '../errors/error-entry.ts';

/** The error codes of services that verify tokens themselves. */
export const verifierErrors = {
  'grants-not-in-token': { status: 403, detail: 'Your grants are too many for an access token, and this service reads only tokens: ask '
    + 'for fewer or broader permissions, or call POST /permissions/check on the server that issued the token.' },
  'keys-unreachable': { status: 503, retryAfter: 2, detail: 'The server that issues the access tokens does not answer, so tokens cannot '
    + 'be checked: try again shortly.' },
} as const satisfies Record<string, ErrorEntry>;
