import { addTo, childOf, createNode, literalChildren, valuesOf } from './url-trie.node.ts';
import type { UrlTrieNode } from './url-trie.node.ts';
import type { UrlPattern } from './url-pattern.ts';

/** A tree of URL patterns with values, which finds the patterns that overlap with another one. */
export interface UrlOverlap<T> {
  /** Adds a value to a pattern. A pattern may have several values. */
  add(pattern: UrlPattern, value: T): void;
  /** All values whose pattern shares at least one path with this one. */
  overlapping(pattern: UrlPattern): T[];
}

/** Creates an empty tree. */
export function createUrlOverlap<T>(): UrlOverlap<T> {
  const root = createNode<T>();
  const texts = new Map<string, string>();
  return {
    add: ({ segments }, value) => addTo(root, segments, value, texts),
    overlapping: (pattern) => [...new Set(overlapsOf(root, pattern, 0))],
  };
}

function overlapsOf<T>(node: UrlTrieNode<T>, pattern: UrlPattern, depth: number): T[] {
  const segment = pattern.segments[depth];
  if (!segment) return valuesOf(node);
  if (segment.kind === 'wildcard') return everythingBelow(node);
  const children = segment.kind === 'param' ? literalChildren(node) : [childOf(node, segment.text)];
  return [...node.wildcardValues, ...[...children, node.param].flatMap((child) => (child ? overlapsOf(child, pattern, depth + 1) : []))];
}

function everythingBelow<T>(node: UrlTrieNode<T>): T[] {
  const children = [...literalChildren(node), ...(node.param ? [node.param] : [])];
  return [...node.wildcardValues, ...children.flatMap((child) => [...valuesOf(child), ...everythingBelow(child)])];
}

/** Whether the trie prefers `first` on every path that both match. For equal shapes the result is false. */
export function isMoreSpecific(first: UrlPattern, second: UrlPattern): boolean {
  const rank = { literal: 0, param: 1, wildcard: 2 };
  for (const [index, segment] of first.segments.entries()) {
    const other = second.segments[index];
    if (other && segment.kind !== other.kind) return rank[segment.kind] < rank[other.kind];
  }
  return false;
}
