import { AppError } from '../../errors/errors.ts';

/** How often something may be done in how long. */
export interface LimitPolicy {
  /** Stands in keys and in the RateLimit headers. */
  readonly name: string;
  readonly quota: number;
  readonly windowSeconds: number;
}

/** Whom a limit counts. */
export interface LimitKey {
  readonly tenantId: string;
  /** Such as an address; it is stored as a digest only. */
  readonly subject: string;
}

/** New accounts of one source. */
export const registrationsPerSource: LimitPolicy = { name: 'registrations', quota: 5, windowSeconds: 3_600 };
/** Mails that one source asks for, to whatever addresses. */
export const mailsPerSource: LimitPolicy = { name: 'mails-per-source', quota: 60, windowSeconds: 3_600 };
/** Mails to one address, for all callers together. The answer must not tell that it was reached: use `tryToTake`. */
export const mailsPerAddress: LimitPolicy = { name: 'mails-per-address', quota: 5, windowSeconds: 3_600 };

/** Failed logins of an account, 10 of which are free in 24 hours. */
export const loginPerAccount: LimitPolicy = { name: 'login', quota: 10, windowSeconds: 24 * 3_600 };
/** Failed logins of a source, 10 of which are free in an hour. */
export const loginPerSource: LimitPolicy = { name: 'login', quota: 10, windowSeconds: 3_600 };
/** Failed tries of a source at the secrets of clients, 10 of which are free in an hour. */
export const clientPerSource: LimitPolicy = { name: 'clients', quota: 10, windowSeconds: 3_600 };

/** The error for a limit that is reached for another `milliseconds`. */
export function tooManyRequests({ name, quota, windowSeconds }: LimitPolicy, milliseconds: number): AppError {
  const waitSeconds = Math.max(1, Math.ceil(milliseconds / 1_000));
  return new AppError('too-many-requests', { limit: { policy: name, quota, windowSeconds, waitSeconds } });
}
