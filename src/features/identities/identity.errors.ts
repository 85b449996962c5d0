import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of identities. */
export const identityErrors = {
  'identity-not-found': { status: 404, detail: 'No such identity: load the identities of the user.' },
  'identity-not-allowed': { status: 403, detail: 'Your identity provider knows you, but you may not use this application with it: ask an '
    + 'administrator.' },
  'link-required': { status: 409, detail: 'An account here has your e-mail address already: log in to it as before, then link it to your '
    + 'identity provider.' },
  'identity-taken': { status: 409, detail: 'Another account is linked to this identity already: unlink it there first, or ask an '
    + 'administrator.' },
  'last-way-in': { status: 409, detail: 'After this, the user, or every user of the tenant, could no longer log in: set a password or open '
    + 'another way to log in first.' },
} as const satisfies Record<string, ErrorEntry>;
