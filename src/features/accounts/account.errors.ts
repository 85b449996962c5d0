import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of users' own accounts. */
export const accountErrors = {
  'wrong-password': { status: 403, detail: 'The password is wrong.' },
  'link-invalid': { status: 409, detail: 'This link was used or replaced, has expired, or is for another address: ask for a new one.' },
  'mail-not-possible': { status: 409, detail: 'No link can be mailed: this user is disabled, has no e-mail address, or has their '
    + 'password in another system.' },
} as const satisfies Record<string, ErrorEntry>;
