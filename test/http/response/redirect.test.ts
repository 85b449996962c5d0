import type { AppError } from '../../../src/errors/errors.ts';
import { requireTarget } from '../../../src/http/response/redirect.ts';

const target = 'https://idp.example/authorize?policy=a%20b';

function check(location: string, ...targets: string[]): string {
  try {
    requireTarget({ location, targets });
    return 'goes';
  } catch (error) {
    return (error as AppError).code; // what it throws
  }
}

describe('requireTarget', () => {
  it.each([
    ['the target itself', target, [target]],
    ['more parameters, in another spelling of the same query', 'https://idp.example/authorize?policy=a+b&state=x', [target]],
    ['the second of two targets', 'https://app.example/back?code=1', [target, 'https://app.example/back']],
    ['letters of the host and a usual port', 'https://IDP.example:443/authorize?policy=a%20b', [target]],
    ['a path of this server', '/sso/finish?answer=x', ['/sso/finish']],
    ['http, where the target is http', 'http://127.0.0.1:3000/back?code=1', ['http://127.0.0.1:3000/back']],
  ])('%s, goes', (_situation, location, targets) => {
    expect(check(location, ...targets)).toBe('goes');
  });

  it.each([
    ['no target', target, []],
    ['another host', 'https://evil.example/authorize?policy=a%20b', [target]],
    ['a host that begins like the target', 'https://idp.example.evil.example/authorize?policy=a%20b', [target]],
    ['the target as user info', 'https://idp.example@evil.example/authorize?policy=a%20b', [target]],
    ['user info before the target', 'https://user@idp.example/authorize?policy=a%20b', [target]],
    ['another scheme', 'http://idp.example/authorize?policy=a%20b', [target]],
    ['another port', 'https://idp.example:444/authorize?policy=a%20b', [target]],
    ['a longer path', 'https://idp.example/authorize/x?policy=a%20b', [target]],
    ['a path with dots', 'https://idp.example/authorize/../x?policy=a%20b', [target]],
    ['the query of the target left out', 'https://idp.example/authorize?state=x', [target]],
    ['the query of the target changed', 'https://idp.example/authorize?policy=b&policy=a%20b', [target]],
    ['a fragment', `${target}#x`, [target]],
    ['a line break', `${target}&x=\r\nSet-Cookie: a=1`, [target]],
    ['a space', `${target}&x= `, [target]],
    ['another server by two slashes', '//evil.example/', ['/']],
    ['another server by a backslash', '/\\evil.example/', ['/']],
    ['a path beside the one of the target', '/sso/finish-other', ['/sso/finish']],
    ['a path where the target is a URL', '/authorize?policy=a%20b', [target]],
    ['a script', 'javascript:alert(1)', ['javascript:alert(1)']],
    ['a target that no browser could read', 'https://', ['https://']],
    ['nothing', '', ['']],
  ])('%s, internal error', (_situation, location, targets) => {
    expect(check(location, ...targets)).toBe('internal');
  });
});
