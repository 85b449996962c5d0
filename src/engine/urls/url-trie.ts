import { addTo, createNode, findIn } from './url-trie.node.ts';
import type { UrlTrieNode } from './url-trie.node.ts';
import type { UrlPattern } from './url-pattern.ts';

/**
 * A trie of URL patterns with values. A search takes a few look-ups and a walk along the rest of the path. Its cost does not
 * depend on the number of patterns.
 *
 * If several patterns match, a literal part wins over a parameter and a parameter over a wildcard, from left to right. If
 * `accept` declines the value of a pattern, the next best pattern is tried.
 */
export interface UrlTrie<T> {
  /** Adds a value to a pattern. A pattern may have several values. */
  add(pattern: UrlPattern, value: T): void;
  /** Calls `accept` with the values of each pattern that matches a trimmed path, best first, until it returns a result. */
  find<R>(trimmed: string, accept: (value: T) => R | undefined): R | undefined;
}

/** Creates an empty trie: a map from the literal beginning of patterns to a tree of their rest. */
export function createUrlTrie<T>(): UrlTrie<T> {
  const beginnings = new Map<string, UrlTrieNode<T>>();
  const texts = new Map<string, string>();
  let longest = 0;

  /** Searches from the longest beginning to the shortest, since a literal part wins over all others. */
  function findFrom<R>(trimmed: string, lower: string, start: number, parts: number, accept: (value: T) => R | undefined): R | undefined {
    if (start < trimmed.length && parts < longest) {
      const slash = trimmed.indexOf('/', start + 1);
      const longer = findFrom(trimmed, lower, slash < 0 ? trimmed.length : slash, parts + 1, accept);
      if (longer !== undefined) return longer;
    }
    const node = beginnings.get(lower.slice(0, start));
    return node && findIn(node, trimmed, start, accept);
  }

  return {
    add({ segments }, value) {
      const rest = segments.findIndex(({ kind }) => kind !== 'literal');
      const parts = rest < 0 ? segments.length : rest;
      const beginning = segments.slice(0, parts).map((segment) => (segment.kind === 'literal' ? `/${segment.text}` : '')).join('');
      const node = beginnings.get(beginning) ?? createNode<T>();
      beginnings.set(beginning, node);
      longest = Math.max(longest, parts);
      addTo(node, segments.slice(parts), value, texts);
    },
    find: (trimmed, accept) => findFrom(trimmed, trimmed.toLowerCase(), 0, 0, accept),
  };
}
