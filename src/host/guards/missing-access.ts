import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors/errors.ts';

const reasons = new WeakMap<IncomingMessage, unknown>();

/** Notes why a request has no access, for the guards to answer: a public route is served all the same. */
export function leaveAbsence(request: IncomingMessage, reason: unknown): void {
  reasons.set(request, reason);
}

/** Why a request has no access: what was noted, else `token-missing`. */
export function absenceOf(request: IncomingMessage): unknown {
  return reasons.get(request) ?? new AppError('token-missing');
}
