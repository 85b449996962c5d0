import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors/errors.ts';

/**
 * Reads the token of an Authorization header (RFC 6750 section 2.1); the scheme's letter case does not matter.
 *
 * Another scheme than Bearer is as good as no token: its challenge must name no error (section 3.1).
 * Tokens in a query or a body are never looked for. Throws `token-missing`, `token-malformed`.
 */
export function readBearerToken(authorization: string | undefined): string {
  if (authorization === undefined || !/^bearer(?: |$)/i.test(authorization)) throw new AppError('token-missing');
  const token = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw new AppError('token-malformed');
  return token;
}

/** Whether a request names more than one token. Node keeps the first in `headers`; another reader may take the last. */
export function repeatsAuthorization({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 'authorization'.length && name.toLowerCase() === 'authorization') count += 1;
  }
  return count > 1;
}
