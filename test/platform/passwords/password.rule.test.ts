import { isPasswordAcceptable } from '../../../src/platform/passwords/password.rule.ts';

const emoji = '\u{1f600}';

describe('password rule', () => {
  it.each([
    ['12 letters', 'a'.repeat(12), true],
    ['11 letters', 'a'.repeat(11), false],
    ['256 letters', 'a'.repeat(256), true],
    ['257 letters', 'a'.repeat(257), false],
    ['12 emoji', emoji.repeat(12), true],
    ['11 emoji of 22 UTF-16 units', emoji.repeat(11), false],
    ['256 emoji', emoji.repeat(256), true],
    ['257 emoji', emoji.repeat(257), false],
    ['spaces', ' '.repeat(12), true],
    ['NUL characters', '\0'.repeat(12), true],
    ['a lone high surrogate', 'a'.repeat(12) + '\ud83d', false],
    ['a lone low surrogate', '\ude00' + 'a'.repeat(12), false],
    ['swapped surrogates', 'a'.repeat(12) + '\ude00\ud83d', false],
    ['nothing', '', false],
  ])('password of %s, is judged', (_, password, acceptable) => {
    expect(isPasswordAcceptable(password)).toBe(acceptable);
  });

  it('password of 50 million characters, is refused at once', () => {
    const password = 'a'.repeat(50_000_000);
    const start = performance.now();
    expect(isPasswordAcceptable(password)).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });

});
