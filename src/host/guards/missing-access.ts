import type { IncomingMessage } from 'node:http';
import { AppError } from '../../errors/errors.ts';

const reasons = new WeakMap<IncomingMessage, unknown>();

/** Stores why a request has no access. Guards send this error; a public route is served nevertheless. */
export function leaveAbsence(request: IncomingMessage, reason: unknown): void {
  reasons.set(request, reason);
}

/** The error to send to a request without access: the stored one, or `token-missing`. */
export function absenceOf(request: IncomingMessage): unknown {
  return reasons.get(request) ?? new AppError('token-missing');
}
