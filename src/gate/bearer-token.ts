import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors/errors.ts';

/**
 * Reads the token of an Authorization header (RFC 6750 section 2.1). Upper and lower case of the scheme are equal.
 *
 * A scheme other than Bearer counts as no token, because then the challenge must name no error (section 3.1).
 * A token in a query or a body is ignored. Throws `token-missing`, `token-malformed`.
 */
export function readBearerToken(authorization: string | undefined): string {
  if (authorization === undefined || !/^bearer(?: |$)/i.test(authorization)) throw new AppError('token-missing');
  const token = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new AppError('token-malformed');
  return token;
}

const usualScheme = 'Bearer ';

/**
 * Reads the token of an Authorization header for the verification of a JWT, which refuses all other characters as `token-malformed`.
 *
 * So it does not read each character of the usual spelling, which would take longer than to find a token that is known.
 * Throws `token-missing`, `token-malformed`.
 */
export function readUnverifiedToken(authorization: string | undefined): string {
  const isUsual = authorization?.startsWith(usualScheme) === true
    && authorization[usualScheme.length] !== ' ' && !authorization.endsWith(' ');
  return isUsual ? authorization.slice(usualScheme.length) : readBearerToken(authorization);
}

/** Whether a request has more than one Authorization header. Node keeps the first in `headers`; another reader may take the last. */
export function repeatsAuthorization({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 'authorization'.length && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1;
}
