import type { ErrorEntry } from '../../errors/error-entry.ts';

/** The error codes of clients and of OAuth. */
export const clientErrors = {
  'client-refused': { status: 401, oauth: 'invalid_client', detail: 'Client id or secret is wrong, or the client is disabled.' },
  'client-not-found': { status: 404, detail: 'No such client.' },
  'oauth-request-malformed': { status: 400, oauth: 'invalid_request', detail: 'Send each parameter once, and client id and secret in one '
    + 'way only: as HTTP Basic, or in the body.' },
  'grant-type-unsupported': { status: 400, oauth: 'unsupported_grant_type', detail: 'Send "client_credentials" as the grant type, '
    + 'or that of a token exchange: no other one is supported.' },
  'token-exchange-malformed': { status: 400, oauth: 'invalid_request', detail: 'Send the token as "subject_token", and '
    + '"urn:ietf:params:oauth:token-type:jwt" as its type. Request an access token or no type, and send no actor token.' },
  'token-target-unknown': { status: 400, oauth: 'invalid_target', detail: 'An exchanged token is for this server alone: leave "audience" '
    + 'and "resource" out.' },
  'scope-unknown': { status: 400, oauth: 'invalid_scope', detail: 'Scopes are not supported, because the roles of a client decide what it '
    + 'may do: leave "scope" out.' },
} as const satisfies Record<string, ErrorEntry>;
