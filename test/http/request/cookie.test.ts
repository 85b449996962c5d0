import { readCookie } from '../../../src/http/request/cookie.ts';

describe('readCookie', () => {
  it.each([
    ['a=1', '1'], ['b=2; a=1', '1'], ['a=1;b=2', '1'], ['aa=2; a=1', '1'], ['a=', ''], ['a=x=y', 'x=y'], ['a="1"', '"1"'], ['a=%20', '%20'],
    [undefined, null], ['', null], ['b=a=1', null], ['A=1', null], ['a', null], ['a=1; a=2', null], ['a=1; a=1', null],
  ])('of %j, answers %j', (header, value) => {
    expect(readCookie(header, 'a')).toBe(value);
  });
});
