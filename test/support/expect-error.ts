import { AppError, toProblem } from '../../src/errors/errors.ts';
import { errorTable } from '../../src/errors/table.ts';
import type { Problem } from '../../src/errors/errors.ts';
import type { ErrorCode } from '../../src/errors/table.ts';
import { basicChallenge, oauthCodeOf, printable } from '../../src/http/response/oauth-error.ts';
import type { Answer } from './client/client.ts';

/** A stack, a path, a hash, a database's operator or the name of one of its errors. */
const leak = /\n\s+at |\.[cm]?[jt]s:\d|node_modules|\$2[aby]\$|\$[a-z]+|Mongo(?!DB)|[0-9a-f]{40}/;

/** Expects the problem of a code, with all of its headers. */
export function expectProblem(code: ErrorCode, { status: answered, headers, body }: Answer): void {
  const { status } = errorTable[code];
  const { requestId, errors, required, users, reference } = body as Problem;
  expect(body)
    .toEqual(
      toProblem(new AppError(code, {
        ...(errors && { errors }), ...(required && { required }), ...(users && { users }), ...(reference && { reference }),
      }), requestId),
    );
  expect(requestId).toBe(headers.get('x-request-id'));
  expect(answered).toBe(status);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.has('www-authenticate')).toBe(status === 401);
  expect(headers.has('allow')).toBe(status === 405);
  expect(headers.get('retry-after')).toBe({ 429: '1', 503: '2' }[status as number] ?? null);
  expect(headers.has('ratelimit')).toBe(status === 429);
  expect(JSON.stringify(body)).not.toMatch(leak);
}

/** Expects the same in OAuth's form (RFC 6749 section 5.2). */
export function expectOAuthError(code: ErrorCode, { status: answered, headers, body }: Answer): void {
  const { status, detail } = errorTable[code];
  expect({ answered, body }).toEqual({ answered: status, body: { error: oauthCodeOf(code), error_description: printable(detail) } });
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('www-authenticate')).toBe(status === 401 ? basicChallenge : null);
  expect(JSON.stringify(body)).not.toMatch(leak);
}
