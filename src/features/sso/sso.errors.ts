import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of identity providers. */
export const ssoErrors = {
  'subject-token-refused': { status: 400, oauth: 'invalid_request', detail: 'The token of the identity provider was refused. An '
    + 'administrator sees why by the reference, or tests the token.' },
  'provider-not-found': { status: 404, detail: 'No such identity provider.' },
  'provider-test-not-found': { status: 404, detail: 'No such test, or it was done more than 7 days ago: start another one.' },
  'sso-refused': { status: 403, detail: 'The login was refused: start it again. If it is refused again, send the reference to an '
    + 'administrator.' },
  'code-invalid': { status: 401, detail: 'This code is wrong, was used already, or is older than a minute: start the login again.' },
  'provider-inactive': { status: 409, detail: 'This identity provider is switched off: log in another way, or ask an administrator.' },
  'provider-unreachable': { status: 503, detail: 'The identity provider does not answer as it should: try again later.', retryAfter: 2 },
  'logout-token-invalid': { status: 400, detail: 'The logout token is not one of this identity provider, or was used already.',
    oauth: 'invalid_request' },
  'login-not-found': { status: 404, detail: 'No login with this reference is kept: traces are kept for 30 days, the newest 500 of a '
    + 'provider.' },
  'provider-exists': { status: 409, detail: 'An identity provider with this name exists already.' },
  'provider-not-tested': { status: 409, detail: 'This revision of the identity provider has not passed a test: test it first.' },
  'provider-invalid': { status: 422, detail: 'The identity provider cannot work with these values: see "errors".' },
} as const satisfies Record<string, ErrorEntry>;
