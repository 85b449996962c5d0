import fc from 'fast-check';
import { joinUrl, parsePattern, splitPath } from '../../../src/engine/urls/url-pattern.ts';

describe('parsePattern', () => {
  it('parts of all kinds, are read in order', () => {
    expect(parsePattern('/Files/:folderId/*path').segments).toEqual([
      { kind: 'literal', text: 'files' }, { kind: 'param', name: 'folderId' }, { kind: 'wildcard', name: 'path' },
    ]);
    expect(parsePattern('/').segments).toEqual([]);
  });

  it('a trailing slash, is dropped from the URL and nothing else is', () => {
    expect(['/', '/Users/', '/Users/:id'].map((url) => parsePattern(url).url)).toEqual(['/', '/Users', '/Users/:id']);
  });

  it('spellings that match the same paths, have one shape', () => {
    const shape = '/users/:/*';
    for (const url of ['/users/:id/*path', '/Users/:userId/*rest', '/USERS/:_/*p/']) expect(parsePattern(url).shape).toBe(shape);
  });

  it('patterns that match different paths, have different shapes', () => {
    const urls = ['/', '/a', '/:a', '/*a', '/a/b', '/a/:b', '/a/*b', '/:a/b', '/:a/:b', '/a.b', '/a-b', '/a_b', '/a~b'];
    expect(new Set(urls.map((url) => parsePattern(url).shape)).size).toBe(urls.length);
  });

  it('a pattern that Express reads differently or refuses, is refused by name', () => {
    const refused = [
      '/a//b', '/a//', '/a/./b', '/a/..', '/*p/a', '/*p/*q', '/a{/b}', '/a{b}', '/a:b', '/:a-:b', '/:a.json', '/:a?', '/a+', '/(a)',
      '/:"a b"',
      '/*', '/:', '/:1', '/:é', '/é', '/a b', '/a%20b', '/a;b', '/a\\b', '/a?b', '/a#b', '/a@b', '/a\n', '/\u0000', "/o'b", '/$a',
    ];
    for (const url of refused) expect(() => parsePattern(url)).toThrow(`"${url}"`);
    for (const url of ['', 'a', '*p', ':a', 'http://a/b']) expect(() => parsePattern(url)).toThrow('does not start with a slash');
  });
});

describe('joinUrl', () => {
  it('root and name, however they end and begin, have one slash between them', () => {
    for (const root of [
      '/users', '/users/', '/users//',
    ]) for (const name of ['login', '/login', '//login/']) expect(joinUrl(root, name)).toBe('/users/login');
  });

  it('an empty name or root, leaves the other', () => {
    expect([joinUrl('/', ''), joinUrl('', ''), joinUrl('/', 'a'), joinUrl('/a/', ''), joinUrl('/a', '/')])
      .toEqual(['/', '/', '/a', '/a', '/a']);
  });
});

describe('splitPath', () => {
  it('letter case and one trailing slash, do not count', () => {
    expect(splitPath('/Users/ME/')).toEqual(splitPath('/users/me'));
    expect([splitPath('/'), splitPath('')]).toEqual([[], []]);
  });

  it('any plain path, gives its parts', () => {
    const part = fc.stringMatching(/^[a-z0-9._~-]{1,5}$/);
    fc.assert(fc.property(fc.array(part, { minLength: 1 }), (parts) => {
      expect(splitPath(`/${parts.join('/')}`)).toEqual(parts);
    }));
  });

  it('a doubled slash, is not taken for one', () => {
    expect([splitPath('/a//b'), splitPath('/a//')]).toEqual([['a', '', 'b'], ['a', '']]);
  });
});
