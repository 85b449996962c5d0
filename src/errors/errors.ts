/**
 * The one table of everything Gatehouse refuses or fails with.
 *
 * Each code is stable: clients may switch on it. `detail` speaks to the person who reads it and says what to do next;
 * what caused an error inside the server is logged, never sent.
 */
export const errorTable = {
  // The target and its spelling
  'target-not-plain': { status: 400, detail: 'Send the path in its one plain spelling: no dot segments, no doubled slashes, no needless percent-encoding.' },
  'authorization-repeated': { status: 400, detail: 'Send one Authorization header, not several.' },
  'host-not-plain': { status: 400, detail: 'Send the name of this server as the Host header: at most 253 letters, digits, dots, hyphens and underscores, then its port if it has one.' },
  'unknown-url': { status: 404, detail: 'No such URL is registered.' },
  'method-not-allowed': { status: 405, detail: 'This URL is served with other methods: see the Allow header.' },

  // Who is calling
  'token-missing': { status: 401, detail: 'Log in and send the access token as "Authorization: Bearer <token>".' },
  'token-malformed': { status: 401, detail: 'The Authorization header must read "Bearer <token>" with an access token of this server.' },
  'token-expired': { status: 401, detail: 'The access token has expired: log in again.' },
  'token-invalid': { status: 401, detail: 'The access token was not issued by this server or was altered: log in again.' },
  'token-not-yet-valid': { status: 401, detail: 'The access token is dated in the future: the clocks of the server that issued it and of this one differ by more than CLOCK_TOLERANCE. Set both clocks.' },
  'token-of-other-tenant': { status: 401, detail: 'The access token belongs to another tenant than this host: log in here.' },
  'session-ended': { status: 401, detail: 'The session has ended: log in again.' },
  'user-disabled': { status: 401, detail: 'This user or client is disabled: ask an administrator.' },
  'refresh-token-invalid': { status: 401, detail: 'The refresh token was used before, or its session has ended: log in again.' },
  'invalid-credentials': { status: 401, detail: 'E-mail address or password is wrong.' },
  'client-refused': { status: 401, oauth: 'invalid_client', detail: 'Client id or secret is wrong, or the client is disabled.' },
  'too-many-requests': { status: 429, detail: 'Too many tries: wait as many seconds as the Retry-After header says, then try again.' },

  // What the caller may do
  'wrong-password': { status: 403, detail: 'The password is wrong.' },
  'right-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the right to this URL: ask a superadmin for a role that does.' },
  'permission-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the permission for this: ask a superadmin for a role that does.' },
  'role-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the role for this: ask a superadmin to assign it.' },
  'policy-denies': { status: 403, message: 'Forbidden resource', detail: 'A policy denies this, whatever else allows it: ask a superadmin which one.' },
  'grants-not-in-token': { status: 403, detail: 'What you may do is too much for an access token, and this service knows tokens alone: ask for fewer or broader permissions, or ask POST /permissions/check of the server that issued it.' },
  'target-outranks-caller': { status: 403, detail: 'This user holds rights that you do not: only somebody who holds them all may do this.' },
  'grants-exceed-own': { status: 403, detail: 'This would give, or take away, what you do not hold yourself: only somebody who holds all of it may do this.' },
  'login-method-closed': { status: 403, detail: 'Nobody of this tenant logs in by password: use another way to log in, or ask an administrator.' },
  'tenant-not-yours': { status: 403, detail: 'Only superadmins of the platform act in a tenant that they name: leave "tenant" out.' },
  'self-not-allowed': { status: 409, detail: 'Nobody does this to themselves here: see the URLs under /profile/, or ask another administrator.' },
  'last-superadmin': { status: 409, detail: 'This is the last active superadmin: make somebody else superadmin first.' },

  // What was sent
  'malformed-body': { status: 400, detail: 'The body is not valid JSON.' },
  'body-too-large': { status: 413, detail: 'The body is larger than 100 kB: send less at once.' },
  'unsupported-media-type': { status: 415, detail: 'Send the body as "Content-Type: application/json" in UTF-8, not compressed.' },
  'oauth-request-malformed': { status: 400, oauth: 'invalid_request', detail: 'Send each parameter once, and client id and secret in one way only: as HTTP Basic, or in the body.' },
  'grant-type-unsupported': { status: 400, oauth: 'unsupported_grant_type', detail: 'The one grant type here is client_credentials.' },
  'scope-unknown': { status: 400, oauth: 'invalid_scope', detail: 'There are no scopes: a client may do what its roles give. Leave "scope" out.' },
  'invalid-input': { status: 422, detail: 'Some fields are missing, unknown or of the wrong form: see "errors".' },
  'weak-password': { status: 422, detail: 'Choose another password: at least 12 characters, up to 256, any characters; not a common password, and not made of your name or address.' },
  'right-not-registered': { status: 422, detail: 'A right or a policy names a URL or a method that is not registered: see "errors" and GET /roles/get-rights.' },
  'right-is-config': { status: 422, detail: 'Config URLs are for superadmins only and cannot be given to a role: see "errors".' },
  'not-previewable': { status: 422, detail: 'Only calls that change something under /roles/, /groups/ or /memberships/ can be previewed: send their method, url and body.' },
  'permission-not-known': { status: 422, detail: 'A permission is not declared: see "errors" and GET /roles/get-rights; config/permissions.ts is where they are declared.' },
  'policies-too-complex': { status: 422, detail: 'One question could meet more than 1,500 patterns and conditions of these policies, which takes too long to decide: use fewer, broader ones, or names that begin with something of their own.' },
  'superadmin-not-inherited': { status: 422, detail: 'The superadmin role is assigned to users directly: nothing inherits it, no group or membership gives it, and no client holds it.' },
  'superadmin-not-timed': { status: 422, detail: 'The superadmin role takes neither a start nor an end date: take it away when it is to end.' },
  'role-circle': { status: 422, detail: 'A role cannot inherit itself, not by way of others either.' },
  'too-many-rights': { status: 422, detail: 'A role holds at most 10,000 rights: use fewer, or wildcard URLs.' },

  // What is stored
  'tenant-not-found': { status: 404, detail: 'No such tenant.' },
  'tenant-exists': { status: 409, detail: 'A tenant with this name or domain exists already.' },
  'domain-in-use': { status: 409, detail: 'People of other tenants log in with addresses of this domain, and would then be looked for in this tenant: see "errors", and change their addresses first.' },
  'tenant-not-suspended': { status: 409, detail: 'Only a suspended tenant can be deleted: suspend it first.' },
  'audit-not-exported': { status: 409, detail: 'Export the audit trail of this tenant first, and send the digest of its last line: it is deleted with the rest.' },
  'default-tenant-fixed': { status: 409, detail: 'The default tenant holds the superadmins of the platform: it keeps its name, is always active and keeps the login by password.' },
  'tenant-full': { status: 409, detail: 'The tenant has as many of these as it may: remove some, or have a superadmin of the platform raise its limits.' },
  'role-not-found': { status: 404, detail: 'No such role.' },
  'user-not-found': { status: 404, detail: 'No such user.' },
  'session-not-found': { status: 404, detail: 'No such session.' },
  'file-not-found': { status: 404, detail: 'No such file.' },
  'role-exists': { status: 409, detail: 'A role with this roleId or type exists already.' },
  'role-in-use': { status: 409, detail: 'Users, groups, memberships or clients still have this role, or it is the default role of the tenant: name another one as "reassignTo".' },
  'group-not-found': { status: 404, detail: 'No such group.' },
  'group-exists': { status: 409, detail: 'A group with this name exists already.' },
  'user-not-in-group': { status: 404, detail: 'This user is not in this group.' },
  'client-not-found': { status: 404, detail: 'No such client.' },
  'membership-not-found': { status: 404, detail: 'This user has no such role on this resource.' },
  'role-inherited': { status: 409, detail: 'Other roles inherit this one: change what they inherit first.' },
  'ladder-fixed': { status: 409, detail: 'What built-in roles inherit is declared in config/roles.ts and set at start alone.' },
  'system-role': { status: 409, detail: 'System roles are never deleted.' },
  'superadmin-rights-fixed': { status: 409, detail: 'The rights of the superadmin are every registered URL; they are set at start alone.' },
  'email-taken': { status: 409, detail: 'Another account has this e-mail address already: use another address, or ask an administrator if it is yours.' },
  'set-up-link-invalid': { status: 409, detail: 'This set-up link is used, replaced or expired: print a new one with "npm run seed -- --link".' },
  'link-invalid': { status: 409, detail: 'This link is used, replaced or expired, or was made for another address: ask for a new one.' },
  'mail-not-possible': { status: 409, detail: 'This user is disabled, has no e-mail address, or has a password elsewhere, so that no link can be mailed.' },
  'version-conflict': { status: 409, detail: 'Somebody else changed this meanwhile: load it again and repeat your change.' },

  // What the server cannot do now
  'database-unreachable': { status: 503, retryAfter: 2, detail: 'The database does not answer: try again shortly.' },
  'keys-unreachable': { status: 503, retryAfter: 2, detail: 'The server that issues the access tokens does not answer, so nobody can tell which are good: try again shortly.' },
  'users-unreachable': { status: 503, retryAfter: 2, detail: 'The service that knows the users does not answer: try again shortly.' },
  'password-queue-full': { status: 503, retryAfter: 2, detail: 'Too many passwords are to be checked at once: try again shortly.' },
  'tenant-moving': { status: 503, retryAfter: 2, detail: 'The tenant is being moved to another database: try again shortly. A move that was interrupted goes on with "npm run tenants -- move".' },
  'not-ready': { status: 503, retryAfter: 2, detail: 'The server is starting or stopping: try again shortly.' },
  'overloaded': { status: 503, retryAfter: 2, detail: 'The server has as many requests in hand as it takes: try again shortly.' },
  'route-mismatch': { status: 500, detail: 'The gate decided about another route than the one reached, so nothing was run: report this.' },
  'internal': { status: 500, detail: 'Something failed inside the server: report the requestId.' },
} as const satisfies Record<string, ErrorEntry>;

interface ErrorEntry {
  readonly status: number;
  readonly detail: string;
  /** Sent as `message`; by default the detail. */
  readonly message?: string;
  /** Its name in RFC 6749 section 5.2; only of codes that no other than OAuth's form answers. */
  readonly oauth?: string;
  /** Seconds, sent as the Retry-After header. */
  readonly retryAfter?: number;
}

export type ErrorCode = keyof typeof errorTable;

/** One faulty part of what was sent. */
export interface FieldError {
  /** Where it stands: `body.rights[2]`. */
  readonly field: string;
  readonly message: string;
}

export interface ErrorExtras {
  readonly errors?: readonly FieldError[];
  /** The right, permission or role that a 403 is about, such as "POST /items", "read:projects/64f" or "role admin". */
  readonly required?: string;
  /** How many users hold the role of a `role-in-use`. */
  readonly users?: number;
  /** Methods for the Allow header of a 405. */
  readonly allow?: readonly string[];
  /** The limit behind a `too-many-requests`, for its headers. */
  readonly limit?: ReachedLimit;
}

/** A limit that is reached. */
export interface ReachedLimit {
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** Whole seconds, at least 1, until it lets something through again. */
  readonly waitSeconds: number;
}

/**
 * An error a caller is told about, by its code.
 *
 * `cause` is for the log alone. Example: `throw new AppError('role-not-found')`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly extras: ErrorExtras;

  constructor(code: ErrorCode, extras: ErrorExtras = {}, cause?: unknown) {
    super(errorTable[code].detail, withCause(cause));
    this.code = code;
    this.extras = extras;
  }
}

/** The body of every error: RFC 9457, plus what clients of the Nest, Fastify and Auth0 convention read. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
  readonly required?: string;
  readonly users?: number;
}

const reasonPhrases: Record<number, string> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict',
  413: 'Content Too Large', 415: 'Unsupported Media Type', 422: 'Unprocessable Content', 429: 'Too Many Requests',
  500: 'Internal Server Error', 503: 'Service Unavailable',
};

/** Turns an error code into the problem that is sent (RFC 9457 section 3); the cause stays behind. */
export function toProblem(error: AppError, requestId: string): Problem {
  const entry: ErrorEntry = errorTable[error.code];
  const phrase = reasonPhrases[entry.status] ?? 'Error';
  const { errors, required, users } = error.extras;
  return {
    type: `urn:gatehouse:error:${error.code}`,
    title: phrase,
    status: entry.status,
    detail: entry.detail,
    statusCode: entry.status,
    error: phrase,
    message: entry.message ?? entry.detail,
    code: error.code,
    requestId,
    ...(errors && { errors }),
    ...(required !== undefined && { required }),
    ...(users !== undefined && { users }),
  };
}

/** Seconds after which a failed request is worth repeating, if it ever is. */
export function retryAfterOf({ code, extras }: AppError): number | undefined {
  const entry: ErrorEntry = errorTable[code];
  return extras.limit?.waitSeconds ?? entry.retryAfter;
}

/** What keeps a server from starting until a person mends it; its message says what to mend, so that its stack adds nothing. */
export interface StartError extends Error {
  readonly name: 'StartError';
}

/** Makes the error for a fault of what a deployment declares or stores: config/, a key that does not fit, duplicates in the way of an index. */
export function startError(message: string, cause?: unknown): StartError {
  // Node prints the line of code that made an error which nobody catches, unless that line holds these words. To set `stack` would undo it.
  const error = new Error(message, withCause(cause)); // node-do-not-add-exception-line
  return Object.assign(error, { name: 'StartError' as const });
}

/** An error that has no cause must not print one that is undefined. */
function withCause(cause: unknown): ErrorOptions {
  return cause === undefined ? {} : { cause };
}

/** Says whether an error comes from {@link startError}. */
export function isStartError(error: unknown): error is StartError {
  return error instanceof Error && error.name === 'StartError';
}
