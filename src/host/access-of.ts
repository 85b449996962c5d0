import type { Request } from 'express';
import type { Access } from '../engine/access.ts';
import { absenceOf } from './guards/missing-access.ts';

/**
 * Returns `request.access` in a handler that needs a caller.
 *
 * Throws `token-missing` on a simple URL, which has no caller. In a service with the verifier, throws the error of the token.
 */
export function accessOf(request: Request): Access {
  const { access } = request;
  if (!access) throw absenceOf(request);
  return access;
}
