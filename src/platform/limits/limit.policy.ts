import { AppError } from '../../errors/errors.ts';

/** A limit: at most `quota` uses in `windowSeconds`. */
export interface LimitPolicy {
  /** Part of the keys, and shown in the RateLimit headers. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** The caller or account that a limit counts. */
export interface LimitKey {
  readonly tenantId: string;
  /** For example an address. Only its digest is stored. */
  readonly subject: string;
}

/** New accounts from one source. */
export const registrationsPerSource: LimitPolicy = { name: 'registrations', quota: 5, windowSeconds: 3_600 };
/** Mails that one source requests, to any addresses. */
export const mailsPerSource: LimitPolicy = { name: 'mails-per-source', quota: 60, windowSeconds: 3_600 };
/** Mails to one address, for all callers together. The response must not reveal that the limit was reached: use `tryToTake`. */
export const mailsPerAddress: LimitPolicy = { name: 'mails-per-address', quota: 5, windowSeconds: 3_600 };

/** Failed logins of an account: 10 in 24 hours are free of delays. */
export const loginPerAccount: LimitPolicy = { name: 'login', quota: 10, windowSeconds: 24 * 3_600 };
/** Failed logins from a source: 10 in an hour are free of delays. */
export const loginPerSource: LimitPolicy = { name: 'login', quota: 10, windowSeconds: 3_600 };
/** Failed attempts from a source at the secrets of clients: 10 in an hour are free of delays. */
export const clientPerSource: LimitPolicy = { name: 'clients', quota: 10, windowSeconds: 3_600 };

/** Tests of one identity provider, which make requests to its addresses. */
export const testsPerProvider: LimitPolicy = { name: 'provider-tests', quota: 30, windowSeconds: 3_600 };

/** Questions of one source how an address logs in. */
export const discoveriesPerSource: LimitPolicy = { name: 'discover', quota: 60, windowSeconds: 60 };
/** Traces of refused tokens and headers from one source. Refusals beyond it are recorded, but not traced. */
export const tokenTracesPerSource: LimitPolicy = { name: 'token-traces', quota: 60, windowSeconds: 60 };

/** Creates the error for a limit that blocks for another `milliseconds`. */
export function tooManyRequests({ name, quota, windowSeconds }: LimitPolicy, milliseconds: number): AppError {
  const waitSeconds = Math.max(1, Math.ceil(milliseconds / 1_000));
  return new AppError('too-many-requests', { limit: { policy: name, quota, windowSeconds, waitSeconds } });
}
