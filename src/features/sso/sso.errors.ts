import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of identity providers. */
export const ssoErrors = {
  'provider-not-found': { status: 404, detail: 'No such identity provider.' },
  'provider-test-not-found': { status: 404, detail: 'No such test, or it was done more than 7 days ago: start another one.' },
  'login-not-found': { status: 404, detail: 'No login with this reference is kept: traces are kept for 30 days, the newest 500 of a '
    + 'provider.' },
  'provider-exists': { status: 409, detail: 'An identity provider with this name exists already.' },
  'provider-not-tested': { status: 409, detail: 'This revision of the identity provider has not passed a test: test it first.' },
  'provider-invalid': { status: 422, detail: 'The identity provider cannot work with these values: see "errors".' },
} as const satisfies Record<string, ErrorEntry>;
