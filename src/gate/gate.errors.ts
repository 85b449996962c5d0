import type { ErrorEntry } from '../errors/error-entry.ts';

/** The error codes of the gate. */
export const gateErrors = {
  'target-not-plain': { status: 400, detail: 'Send the path in its plain spelling: no dot segments, no doubled slashes, no needless '
    + 'percent-encoding.' },
  'authorization-repeated': { status: 400, detail: 'Send one Authorization header, not several.' },
  'host-not-plain': { status: 400, detail: 'Send the name of this server as the Host header: at most 253 letters, digits, dots, hyphens '
    + 'and underscores, and the port if there is one.' },
  'unknown-url': { status: 404, detail: 'No such URL is registered.' },
  'method-not-allowed': { status: 405, detail: 'This URL does not accept this method: see the Allow header.' },
  'token-missing': { status: 401, detail: 'Log in and send the access token as "Authorization: Bearer <token>".' },
  'token-malformed': { status: 401, detail: 'The Authorization header must read "Bearer <token>" with an access token of this server.' },
  'token-expired': { status: 401, detail: 'The access token has expired: log in again.' },
  'token-invalid': { status: 401, detail: 'The access token was not issued by this server or was altered: log in again.' },
  'token-not-yet-valid': { status: 401, detail: 'The access token has a start in the future: the clock of the server that issued it and '
    + 'the clock of this server differ by more than CLOCK_TOLERANCE. Set both clocks.' },
  'recent-login-required': { status: 401, detail: 'This needs a recent proof of your identity: give your password to POST '
    + '/profile/confirm-identity and use the new access token, or log in again.' },
  'right-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the right to this URL: ask a '
    + 'superadmin for a role that does.' },
  'permission-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the permission for this: ask a '
    + 'superadmin for a role that does.' },
  'role-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the role for this: ask a superadmin '
    + 'to assign it.' },
  'policy-denies': { status: 403, message: 'Forbidden resource', detail: 'A policy denies this, even if another one allows it: ask a '
    + 'superadmin which one.' },
  'route-mismatch': { status: 500, detail: 'The request reached another route than the one that the gate decided about, so no handler was '
    + 'run: report this.' },
  'not-ready': { status: 503, retryAfter: 2, detail: 'The server is starting or stopping: try again shortly.' },
} as const satisfies Record<string, ErrorEntry>;
