import type { IncomingMessage } from 'node:http';
import { readBearerToken, readUnverifiedToken, repeatsAuthorization } from '../../src/gate/bearer-token.ts';
import { parseCompact } from '../../src/tokens/compact-jws.ts';
import { AppError } from '../../src/errors/errors.ts';

function codeOf(authorization: string | undefined, read = readBearerToken): string {
  try {
    return `token ${read(authorization)}`;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('readBearerToken', () => {
  it('a bearer token, in any letter case of the scheme and with spaces around it, is read', () => {
    for (const header of [
      'Bearer abc', 'bearer abc', 'BEARER abc', 'Bearer   abc', 'Bearer abc  ',
    ]) expect([header, codeOf(header)]).toEqual([header, 'token abc']);
    expect(codeOf('Bearer aA0-._~+/==')).toBe('token aA0-._~+/==');
  });

  it('no header, an empty one, or another scheme, is no token', () => {
    for (const header of [
      undefined, '', ' ', 'Basic dXNlcjpwYXNz', 'Bearerabc', 'Token abc', 'abc', 'Digest Bearer abc', 'JWT abc',
    ]) expect([header, codeOf(header)]).toEqual([header, 'token-missing']);
  });

  it('a bearer scheme with what is no token, is malformed', () => {
    for (const header of [
      'Bearer', 'Bearer ', 'Bearer a b', 'Bearer a,b', 'Bearer "a"', 'Bearer a=b', 'Bearer ä', 'Bearer a\u0000', 'Bearer =',
      'Bearer a, Bearer b', 'Bearer Bearer a',
    ]) {
      expect([header, codeOf(header)]).toEqual([header, 'token-malformed']);
    }
  });

  it('a hostile header of many spaces, is answered at once', () => {
    const start = performance.now();
    expect(codeOf(`Bearer ${' '.repeat(16_000)}!`)).toBe('token-malformed');
    expect(performance.now() - start).toBeLessThan(200);
  });
});

describe('readUnverifiedToken', () => {
  it('every header, is read like a checked one, or its text is no compact token', () => {
    for (const header of [
      undefined, '', 'Basic dXNlcjpwYXNz', 'Bearerabc', 'Bearer', 'Bearer ', 'Bearer  ', 'Bearer abc', 'bearer abc', 'Bearer   abc',
      'Bearer abc  ', 'Bearer a b', 'Bearer a,b', 'Bearer "a"', 'Bearer a=b', 'Bearer ä', 'Bearer =', 'Bearer a.b.c, Bearer d.e.f',
      'Bearer Bearer a', 'Bearer a.b.c\u0000', 'Bearer a. b.c', 'Bearer \ta.b.c',
    ]) {
      const [checked, unverified] = [codeOf(header), codeOf(header, readUnverifiedToken)];
      if (checked === unverified) continue;
      expect([header, checked, parseCompact(unverified.slice('token '.length))]).toEqual([header, 'token-malformed', undefined]);
    }
    expect(codeOf('Bearer a.b.c', readUnverifiedToken)).toBe('token a.b.c');
  });
});

describe('repeatsAuthorization', () => {
  const repeats = (...rawHeaders: string[]) => repeatsAuthorization({ rawHeaders } as unknown as IncomingMessage); // all that is read of it

  it('one Authorization header or none, beside any other headers, is not repeated', () => {
    expect([repeats(), repeats('Authorization', 'a'), repeats('Authorization', 'a', 'Cache-Control', 'no-cache', 'X-Authorization', 'b')])
      .toEqual([false, false, false]);
    expect(repeats('X-Header', 'authorization', 'Authorization', 'authorization')).toBe(false);
  });

  it('two or more, in any letter case, are', () => {
    expect([repeats('Authorization', 'a', 'Host', 'b', 'AUTHORIZATION', 'c'), repeats(
      'authorization', 'a', 'authorization', 'a', 'authorization', 'a',
    )]).toEqual([true, true]);
  });
});
