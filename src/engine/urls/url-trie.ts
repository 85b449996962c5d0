import { addTo, createNode, findIn } from './url-trie.node.ts';
import type { UrlTrieNode } from './url-trie.node.ts';
import type { UrlPattern } from './url-pattern.ts';

/**
 * A trie of URL patterns with a value each: finding one costs a look-up or a few and a walk along the rest of the path,
 * however many there are.
 *
 * Of several patterns that match, a literal part wins over a parameter and a parameter over a wildcard, from left to
 * right. A pattern whose value the caller turns down does not hide the next best.
 */
export interface UrlTrie<T> {
  /** Adds a value under a pattern; several values may stand under one. */
  add(pattern: UrlPattern, value: T): void;
  /** Offers the values of each pattern that matches a trimmed path, best first, until `accept` answers with something. */
  find<R>(trimmed: string, accept: (value: T) => R | undefined): R | undefined;
}

/** Patterns by the literal parts that they begin with; below each stands a tree of what follows. */
export function createUrlTrie<T>(): UrlTrie<T> {
  const beginnings = new Map<string, UrlTrieNode<T>>();
  const texts = new Map<string, string>();
  let longest = 0;

  /** From the longest beginning to the shortest, since a literal wins over whatever else stands in its place. */
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
