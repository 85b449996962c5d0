/**
 * The table of all error codes of Gatehouse.
 *
 * Codes are stable: clients may switch on them. `detail` is for people and says what to do next. The cause of an error inside
 * the server is logged, never sent.
 */
export const errorTable = {
  // The target and its spelling
  'target-not-plain': { status: 400, detail: 'Send the path in its plain spelling: no dot segments, no doubled slashes, no needless '
    + 'percent-encoding.' },
  'authorization-repeated': { status: 400, detail: 'Send one Authorization header, not several.' },
  'host-not-plain': { status: 400, detail: 'Send the name of this server as the Host header: at most 253 letters, digits, dots, hyphens '
    + 'and underscores, and the port if there is one.' },
  'unknown-url': { status: 404, detail: 'No such URL is registered.' },
  'method-not-allowed': { status: 405, detail: 'This URL does not accept this method: see the Allow header.' },

  // Who is calling
  'token-missing': { status: 401, detail: 'Log in and send the access token as "Authorization: Bearer <token>".' },
  'token-malformed': { status: 401, detail: 'The Authorization header must read "Bearer <token>" with an access token of this server.' },
  'token-expired': { status: 401, detail: 'The access token has expired: log in again.' },
  'token-invalid': { status: 401, detail: 'The access token was not issued by this server or was altered: log in again.' },
  'token-not-yet-valid': { status: 401, detail: 'The access token has a start in the future: the clock of the server that issued it and '
    + 'the clock of this server differ by more than CLOCK_TOLERANCE. Set both clocks.' },
  'token-of-other-tenant': { status: 401, detail: 'The access token belongs to a tenant other than the one of this host: log in here.' },
  'session-ended': { status: 401, detail: 'The session has ended: log in again.' },
  'user-disabled': { status: 401, detail: 'This user or client is disabled: ask an administrator.' },
  'refresh-token-invalid': { status: 401, detail: 'The refresh token was used before, or its session has ended: log in again.' },
  'invalid-credentials': { status: 401, detail: 'E-mail address or password is wrong.' },
  'client-refused': { status: 401, oauth: 'invalid_client', detail: 'Client id or secret is wrong, or the client is disabled.' },
  'too-many-requests': { status: 429, detail: 'Too many attempts: wait for the number of seconds in the Retry-After header, then try '
    + 'again.' },

  // What the caller may do
  'wrong-password': { status: 403, detail: 'The password is wrong.' },
  'right-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the right to this URL: ask a '
    + 'superadmin for a role that does.' },
  'permission-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the permission for this: ask a '
    + 'superadmin for a role that does.' },
  'role-missing': { status: 403, message: 'Forbidden resource', detail: 'The session does not hold the role for this: ask a superadmin '
    + 'to assign it.' },
  'policy-denies': { status: 403, message: 'Forbidden resource', detail: 'A policy denies this, even if another one allows it: ask a '
    + 'superadmin which one.' },
  'grants-not-in-token': { status: 403, detail: 'Your grants are too many for an access token, and this service reads only tokens: ask '
    + 'for fewer or broader permissions, or call POST /permissions/check on the server that issued the token.' },
  'target-outranks-caller': { status: 403, detail: 'This user has rights that you do not have: only a user who has all of them may do '
    + 'this.' },
  'grants-exceed-own': { status: 403, detail: 'This would give or remove grants that you do not have yourself: only a user who has all '
    + 'of them may do this.' },
  'login-method-closed': { status: 403, detail: 'This tenant does not allow login by password: use another way to log in, or ask an '
    + 'administrator.' },
  'tenant-not-yours': { status: 403, detail: 'Only superadmins of the platform can act in another tenant: leave "tenant" out.' },
  'self-not-allowed': { status: 409, detail: 'You cannot do this to your own account here: use the URLs under /profile/, or ask another '
    + 'administrator.' },
  'last-superadmin': { status: 409, detail: 'This is the last active superadmin: make another user superadmin first.' },

  // What was sent
  'malformed-body': { status: 400, detail: 'The body is not valid JSON.' },
  'body-too-large': { status: 413, detail: 'The body is larger than 100 kB: send less at a time.' },
  'unsupported-media-type': { status: 415, detail: 'Send the body as "Content-Type: application/json" in UTF-8, not compressed.' },
  'oauth-request-malformed': { status: 400, oauth: 'invalid_request', detail: 'Send each parameter once, and client id and secret in one '
    + 'way only: as HTTP Basic, or in the body.' },
  'grant-type-unsupported': { status: 400, oauth: 'unsupported_grant_type', detail: 'Send "client_credentials" as the grant type: no '
    + 'other one is supported.' },
  'scope-unknown': { status: 400, oauth: 'invalid_scope', detail: 'Scopes are not supported, because the roles of a client decide what it '
    + 'may do: leave "scope" out.' },
  'invalid-input': { status: 422, detail: 'Some fields are missing, unknown or invalid: see "errors".' },
  'weak-password': { status: 422, detail: 'Choose another password: 12 to 256 characters of any kind, not a common password, and not '
    + 'made from your name or address.' },
  'right-not-registered': { status: 422, detail: 'A right or a policy names a URL or a method that is not registered: see "errors" and '
    + 'GET /roles/get-rights.' },
  'right-is-config': { status: 422, detail: 'Config URLs are for superadmins only and cannot be given to a role: see "errors".' },
  'not-previewable': { status: 422, detail: 'Only calls under /roles/, /groups/ or /memberships/ that change something can be previewed: '
    + 'send their method, url and body.' },
  'permission-not-known': { status: 422, detail: 'A permission is not declared: see "errors" and GET /roles/get-rights. Permissions are '
    + 'declared in config/permissions.ts.' },
  'policies-too-complex': { status: 422, detail: 'These policies are too complex: one check could compare more than 1,500 patterns and '
    + 'conditions. Use fewer or broader policies, or resource names with distinct first parts.' },
  'superadmin-not-inherited': { status: 422, detail: 'The superadmin role can only be assigned to users directly: remove it from the '
    + 'roles, groups, memberships or clients in this request.' },
  'superadmin-not-timed': { status: 422, detail: 'The superadmin role has no start and no end date: remove it when it should end.' },
  'role-circle': { status: 422, detail: 'A role cannot inherit itself, directly or through other roles.' },
  'too-many-rights': { status: 422, detail: 'A role has at most 10,000 rights: use fewer rights, or wildcard URLs.' },

  // What is stored
  'tenant-not-found': { status: 404, detail: 'No such tenant.' },
  'tenant-exists': { status: 409, detail: 'A tenant with this name or domain exists already.' },
  'domain-in-use': { status: 409, detail: 'Users of other tenants log in with addresses of this domain, and could no longer log in: see '
    + '"errors", and change their addresses first.' },
  'tenant-not-suspended': { status: 409, detail: 'Only a suspended tenant can be deleted: suspend it first.' },
  'audit-not-exported': { status: 409, detail: 'Deleting this tenant deletes its audit trail: export it first, and send the digest of '
    + 'its last line.' },
  'default-tenant-fixed': { status: 409, detail: 'The default tenant has the superadmins of the platform, so its name, its active state '
    + 'and its login by password cannot be changed.' },
  'tenant-full': { status: 409, detail: 'The tenant has reached its limit: remove some entries, or ask a superadmin of the platform to '
    + 'raise the limit.' },
  'role-not-found': { status: 404, detail: 'No such role.' },
  'user-not-found': { status: 404, detail: 'No such user.' },
  'session-not-found': { status: 404, detail: 'No such session.' },
  'file-not-found': { status: 404, detail: 'No such file.' },
  'role-exists': { status: 409, detail: 'A role with this roleId or type exists already.' },
  'role-in-use': { status: 409, detail: 'Users, groups, memberships or clients still have this role, or it is the default role of the '
    + 'tenant: send another role as "reassignTo".' },
  'group-not-found': { status: 404, detail: 'No such group.' },
  'group-exists': { status: 409, detail: 'A group with this name exists already.' },
  'user-not-in-group': { status: 404, detail: 'This user is not in this group.' },
  'client-not-found': { status: 404, detail: 'No such client.' },
  'membership-not-found': { status: 404, detail: 'This user does not have this role on this resource.' },
  'role-inherited': { status: 409, detail: 'Other roles inherit this one: change what they inherit first.' },
  'ladder-fixed': { status: 409, detail: 'What built-in roles inherit is declared in config/roles.ts and can only be changed there.' },
  'system-role': { status: 409, detail: 'System roles cannot be deleted.' },
  'superadmin-rights-fixed': { status: 409, detail: 'The superadmin has a right to every registered URL, and this cannot be changed.' },
  'email-taken': { status: 409, detail: 'Another account has this e-mail address already: use another address, or ask an administrator '
    + 'if it is yours.' },
  'set-up-link-invalid': { status: 409, detail: 'This set-up link was used or replaced, or it has expired: print a new one with "npm run '
    + 'seed -- --link".' },
  'link-invalid': { status: 409, detail: 'This link was used or replaced, has expired, or is for another address: ask for a new one.' },
  'mail-not-possible': { status: 409, detail: 'No link can be mailed: this user is disabled, has no e-mail address, or has their '
    + 'password in another system.' },
  'version-conflict': { status: 409, detail: 'Another user changed this in the meantime: load it again and repeat your change.' },

  // What the server cannot do now
  'database-unreachable': { status: 503, retryAfter: 2, detail: 'The database does not answer: try again shortly.' },
  'keys-unreachable': { status: 503, retryAfter: 2, detail: 'The server that issues the access tokens does not answer, so tokens cannot '
    + 'be checked: try again shortly.' },
  'users-unreachable': { status: 503, retryAfter: 2, detail: 'The service that checks users does not answer: try again shortly.' },
  'password-queue-full': { status: 503, retryAfter: 2, detail: 'Too many passwords are waiting to be checked: try again shortly.' },
  'tenant-moving': { status: 503, retryAfter: 2, detail: 'The tenant is being moved to another database: try again shortly. If the move '
    + 'was interrupted, continue it with "npm run tenants -- move".' },
  'not-ready': { status: 503, retryAfter: 2, detail: 'The server is starting or stopping: try again shortly.' },
  'overloaded': { status: 503, retryAfter: 2, detail: 'The server is processing the maximum number of requests: try again shortly.' },
  'route-mismatch': { status: 500, detail: 'The request reached another route than the one that the gate decided about, so no handler was '
    + 'run: report this.' },
  'internal': { status: 500, detail: 'An error occurred inside the server: report the requestId.' },
} as const satisfies Record<string, ErrorEntry>;

interface ErrorEntry {
  readonly status: number;
  readonly detail: string;
  /** Sent as `message`; by default the detail. */
  readonly message?: string;
  /** Its name in RFC 6749 section 5.2; only for codes that are sent in the OAuth form alone. */
  readonly oauth?: string;
  /** Seconds, sent as the Retry-After header. */
  readonly retryAfter?: number;
}

export type ErrorCode = keyof typeof errorTable;

/** One faulty field of a request. */
export interface FieldError {
  /** Its place: `body.rights[2]`. */
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

/** A limit that was reached. */
export interface ReachedLimit {
  readonly policy: string;
  readonly quota: number;
  readonly windowSeconds: number;
  /** Seconds until a request is accepted again, an integer of at least 1. */
  readonly waitSeconds: number;
}

/**
 * An error that is sent to the caller, by its code.
 *
 * `cause` is only logged. Example: `throw new AppError('role-not-found')`.
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

/** The body of every error: RFC 9457, plus the fields that clients of Nest, Fastify and Auth0 expect. */
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

/** Converts an error to the problem that is sent (RFC 9457 section 3). The cause is not sent. */
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

/** Seconds after which the request can be repeated; undefined if a repetition would not help. */
export function retryAfterOf({ code, extras }: AppError): number | undefined {
  const entry: ErrorEntry = errorTable[code];
  return extras.limit?.waitSeconds ?? entry.retryAfter;
}

/** A fault that a person must fix before the server can start. Its message says what to fix, so the stack is not needed. */
export interface StartError extends Error {
  readonly name: 'StartError';
}

/** Creates the error for a fault in what a deployment declares or stores: config/, a wrong key, duplicates that prevent an index. */
export function startError(message: string, cause?: unknown): StartError {
  // Node prints the source line of an uncaught error unless that line contains these words. Setting `stack` would undo this.
  const error = new Error(message, withCause(cause)); // node-do-not-add-exception-line
  return Object.assign(error, { name: 'StartError' as const });
}

/** Without a cause, the options are empty, because Node would print an undefined cause. */
function withCause(cause: unknown): ErrorOptions {
  return cause === undefined ? {} : { cause };
}

/** Whether an error comes from {@link startError}. */
export function isStartError(error: unknown): error is StartError {
  return error instanceof Error && error.name === 'StartError';
}
