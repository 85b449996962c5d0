import fc from 'fast-check';
import { parsePattern, trimPath } from '../../../src/engine/urls/url-pattern.ts';
import { createUrlTrie } from '../../../src/engine/urls/url-trie.ts';
import { createUrlOverlap, isMoreSpecific } from '../../../src/engine/urls/url-overlap.ts';
import { bestOf, matches, paths, patterns, patternSets } from '../patterns.ts';

function trieOf(urls: readonly string[]) {
  const trie = createUrlTrie<string>();
  for (const url of urls) trie.add(parsePattern(url), url);
  return (path: string, accept = (value: string): string | undefined => value) => trie.find(trimPath(path), accept);
}

const plain = (parts: readonly string[]) => parts.map((part) => `/${part}`).join('');

describe('the URL tree', () => {
  it('find, any patterns and paths, answers what a linear search by rank does', () => {
    fc.assert(fc.property(patternSets, (set) => {
      const trie = createUrlTrie<string>();
      for (const pattern of set) trie.add(pattern, pattern.url);
      expect(paths.map((path) => trie.find(plain(path), (url) => url))).toEqual(paths.map((path) => bestOf(set, path)?.url));
    }), { numRuns: 60 });
  });

  it('find, a path of very many parts, looks no deeper than the longest pattern', () => {
    const find = trieOf(['/files/private', '/files/*path']);
    expect([find(`/files/private${'/x'.repeat(100_000)}`), find('/x'.repeat(100_000))]).toEqual(['/files/*path', undefined]);
  });

  it('find, some values turned down, answers the best of the others', () => {
    fc.assert(fc.property(patternSets, fc.func(fc.boolean()), (set, isWanted) => {
      const trie = createUrlTrie<string>();
      for (const pattern of set) trie.add(pattern, pattern.url);
      const wanted = set.filter(({ url }) => isWanted(url));
      expect(paths.map((path) => trie.find(plain(path), (url) => (isWanted(url) ? url : undefined))))
        .toEqual(paths.map((path) => bestOf(wanted, path)?.url));
    }), { numRuns: 60 });
  });

  it('find, nothing accepted, has offered every matching pattern once, best first', () => {
    fc.assert(fc.property(patternSets, fc.constantFrom(...paths), (set, path) => {
      const trie = createUrlTrie<string>();
      for (const pattern of set) trie.add(pattern, pattern.url);
      const offered: string[] = [];
      trie.find(plain(path), (url) => {
        offered.push(url);
        return undefined;
      });
      const expected: string[] = [];
      for (let left = set; ;) {
        const best = bestOf(left, path);
        if (!best) break;
        expected.push(best.url);
        left = left.filter((pattern) => pattern !== best);
      }
      expect(offered).toEqual(expected);
    }), { numRuns: 300 });
  });

  it('overlapping, any patterns, answers exactly those that share a path', () => {
    fc.assert(fc.property(patternSets, patterns, (set, pattern) => {
      const overlap = createUrlOverlap<string>();
      for (const each of set) overlap.add(each, each.url);
      const shared = set.filter((each) => paths.some((path) => matches(each, path) && matches(pattern, path)));
      expect(overlap.overlapping(pattern).sort()).toEqual(shared.map(({ url }) => url).sort());
    }), { numRuns: 150 });
  });

  it('isMoreSpecific, two patterns that share paths, agrees with the choice on each of them', () => {
    fc.assert(fc.property(patterns, patterns, (first, second) => {
      const shared = paths.filter((path) => matches(first, path) && matches(second, path));
      fc.pre(shared.length > 0 && first.shape !== second.shape);
      const trie = createUrlTrie<string>();
      for (const pattern of [first, second]) trie.add(pattern, pattern.url);
      const winner = isMoreSpecific(first, second) ? first.url : second.url;
      expect(new Set(shared.map((path) => trie.find(plain(path), (url) => url)))).toEqual(new Set([winner]));
      expect(isMoreSpecific(second, first)).toBe(!isMoreSpecific(first, second));
    }), { numRuns: 200 });
  });

  it('isMoreSpecific, equal shapes, gives neither precedence', () => {
    expect(isMoreSpecific(parsePattern('/a/:x'), parsePattern('/A/:y/'))).toBe(false);
  });

  it('find, a literal branch that ends nowhere, turns back to the parameter and to the wildcard', () => {
    const find = trieOf(['/users/me/keys', '/users/:id', '/users/:id/posts', '/*rest']);
    expect([find('/users/me'), find('/users/me/posts'), find('/users/me/keys'), find('/users/me/x'), find('/users'), find('/')])
      .toEqual(['/users/:id', '/users/:id/posts', '/users/me/keys', '/*rest', '/*rest', undefined]);
  });

  it('find, names that objects inherit, finds nothing', () => {
    const find = trieOf(['/a']);
    expect(['/__proto__', '/constructor', '/a/__proto__', '/toString'].map((path) => find(path)))
      .toEqual([undefined, undefined, undefined, undefined]);
  });

  it('add, two values under one pattern, offers both together', () => {
    const find = trieOf(['/a', '/A/']);
    const offered: string[] = [];
    find('/a', (url) => void offered.push(url));
    expect(offered).toEqual(['/a', '/A/']);
  });
});
