import type { RequestHandler } from 'express';
import type { Access } from '../../engine/access.ts';
import type { RecentLogin } from '../../engine/recent-login.ts';
import { AppError } from '../../errors/errors.ts';
import { assertNoRefusal, createGuard } from './guard.ts';
import type { GuardRefusal } from './guard.ts';

/**
 * Guards a route by how recently the session logged in: `requireRecentLogin({ seconds: 600 })`, or with a `level` of 1 to 3.
 *
 * A login, and each `POST /profile/confirm-identity`, counts from its own moment for its own access tokens and later ones. A refresh does
 * not count. Answers 401 `recent-login-required` with the challenge of RFC 9470, and 401 without a caller. Throws an Error for seconds
 * that are no positive integer, and for an unknown level.
 */
export function requireRecentLogin(demand: RecentLogin): RequestHandler {
  const checked = readDemand(demand);
  return createGuard({}, (access) => refusalOf(access, checked));
}

/** Checks outside Express how recent the login is. Throws `recent-login-required`, or `token-missing` without a caller. */
export function assertRecentLogin(access: Access | undefined, demand: RecentLogin): void {
  const checked = readDemand(demand);
  assertNoRefusal(access, (known) => refusalOf(known, checked));
}

function readDemand({ seconds, level = 1 }: RecentLogin): Required<RecentLogin> {
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new Error(`A recent login needs a whole number of seconds, not ${seconds}.`);
  if (![1, 2, 3].includes(level)) throw new Error(`A login has a level of 1 to 3, not ${String(level)}.`);
  return { seconds, level };
}

function refusalOf(access: Access, login: Required<RecentLogin>): GuardRefusal {
  return access.hasRecentLogin(login) ? null : new AppError('recent-login-required', { login });
}
