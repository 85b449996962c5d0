import { isEverything, matchesParts, parseResourcePattern, splitResource } from '../../../src/engine/policies/resource-pattern.ts';
import { splitPath } from '../../../src/engine/urls/url-pattern.ts';

const tokensOf = (text: string) => parseResourcePattern(text)?.tokens.map(
  (token) => (token.kind === 'literal' ? token.text : token.kind === 'one' ? '*' : '**'),
);
const partsOf = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`).join('/');

describe('a resource of a policy', () => {
  it.each<[string, readonly string[]]>([
    ['items', ['items', '**']], ['projects/*', ['projects', '*', '**']], ['projects/*/**', ['projects', '*', '**']],
    ['projects/**/x', ['projects', '**', 'x', '**']], ['*', ['*', '**']],
    ['a/**/*', ['a', '*', '**']], ['a/**/*/b', ['a', '*', '**', 'b', '**']], ['x.y', ['x.y', '**']], ['..a', ['..a', '**']],
    ['a:b', ['a:b', '**']],
    ['/', []], ['/users/:id', ['users', '*']], ['/files/*path', ['files', '*', '**']], ['/Users/', ['users']], ['/a%20b', ['a b']],
    ['/admin/**', ['admin', '**']],
    [partsOf(16), [...partsOf(16).split('/'), '**']], ['a'.repeat(256), ['a'.repeat(256), '**']],
  ])('%s, is read as its parts', (text, expected) => {
    expect(tokensOf(text)).toEqual(expected);
  });

  it.each([
    '', '.', '..', 'a/', 'a//b', 'a/./b', 'a/../b', 'a b', 'a*', '*a', 'a/***', 'a\u200bb', 'a\n', '/a//b', '/a/..', '/*path/b', '/a b',
    partsOf(17), `/${partsOf(17)}`, 'a'.repeat(257),
  ])('%j, is no pattern', (text) => {
    expect(parseResourcePattern(text)).toBeUndefined();
  });

  it.each([['*', true], ['**', true], ['*/**', true], ['items', false], ['*/a', false]])('%s, is everything: %s', (text, expected) => {
    const pattern = parseResourcePattern(text);
    expect(pattern && isEverything(pattern)).toBe(expected);
  });
});

describe('the name of a resource', () => {
  it('of up to 64 parts, is split; one with an empty part, a dot, a star or a blank is refused', () => {
    expect(splitResource('a/b.c/d-e')).toEqual(['a', 'b.c', 'd-e']);
    expect(splitResource(partsOf(64))).toHaveLength(64);
    for (const name of [partsOf(65), '', '/a', 'a/', 'a//b', 'a/.', '..', 'a/*', 'a b']) expect(splitResource(name)).toBeUndefined();
  });
});

describe('a pattern', () => {
  it.each<[string, string, boolean]>([
    ['items', 'items', true], ['items', 'items/1/x', true], ['items', 'item', false], ['items', 'items2', false],
    ['items/*', 'items', false], ['items/*', 'items/1', true],
    ['a/**/z', 'a/z', true], ['a/**/z', 'a/b/c/z', true], ['a/**/z', 'a/b/c', false], ['*/z', 'a/z', true], ['*/z', 'z', false],
    ['/users/*', '/users/me', true], ['/users/*', '/users', false], ['/users/*', '/users/me/keys', false], ['/users/**', '/users', true],
    ['/files/*path', '/files', false], ['/files/*path', '/files/a/b', true],
  ])('%s, covers %s: %s', (text, name, expected) => {
    const pattern = parseResourcePattern(text);
    expect(pattern && matchesParts(pattern, pattern.isUrl ? splitPath(name) : name.split('/'))).toBe(expected);
  });
});
