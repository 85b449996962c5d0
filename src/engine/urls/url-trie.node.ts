import type { Segment } from './url-pattern.ts';

/**
 * A node of the trie.
 *
 * Most nodes are leaves with one value, and most others have one child. Single values and children are therefore stored in the
 * node itself, and empty lists are shared, so that a large trie fits into the processor cache.
 */
export interface UrlTrieNode<T> {
  /** The value of the first pattern that ends here. */
  value: T | undefined;
  others: readonly T[];
  param: UrlTrieNode<T> | undefined;
  /** The first literal child, and its text. */
  child: UrlTrieNode<T> | undefined;
  text: string;
  /** All literal children, if there are two or more. */
  children: Map<string, UrlTrieNode<T>> | undefined;
  wildcardValues: readonly T[];
}

const none: readonly never[] = [];

export function createNode<T>(): UrlTrieNode<T> {
  return { value: undefined, others: none, param: undefined, child: undefined, text: '', children: undefined, wildcardValues: none };
}

/** Adds a value. `texts` holds each text of a part once, so that patterns share it. */
export function addTo<T>(root: UrlTrieNode<T>, segments: readonly Segment[], value: T, texts: Map<string, string>): void {
  let node = root;
  for (const segment of segments) {
    if (segment.kind === 'wildcard') {
      node.wildcardValues = [...node.wildcardValues, value];
      return;
    }
    node = segment.kind === 'param' ? (node.param ??= createNode()) : literalChild(node, shared(segment.text, texts));
  }
  if (node.value === undefined) node.value = value;
  else node.others = [...node.others, value];
}

function shared(text: string, texts: Map<string, string>): string {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, text);
  return known ?? text;
}

function literalChild<T>(node: UrlTrieNode<T>, text: string): UrlTrieNode<T> {
  const existing = childOf(node, text);
  if (existing) return existing;
  const child = createNode<T>();
  if (node.children) node.children.set(text, child);
  else if (node.child) node.children = new Map([[node.text, node.child], [text, child]]);
  else {
    node.text = text;
    node.child = child;
  }
  return child;
}

export function childOf<T>(node: UrlTrieNode<T>, text: string): UrlTrieNode<T> | undefined {
  if (node.children) return node.children.get(text);
  return node.text === text ? node.child : undefined;
}

export function literalChildren<T>(node: UrlTrieNode<T>): UrlTrieNode<T>[] {
  return node.children ? [...node.children.values()] : node.child ? [node.child] : [];
}

/** Finds a value. `start` is the position of the next slash. A list of parts would cost more time than the search itself. */
export function findIn<T, R>(node: UrlTrieNode<T>, trimmed: string, start: number, accept: (value: T) => R | undefined): R | undefined {
  if (start === trimmed.length) return node.value === undefined ? undefined : accept(node.value) ?? firstOf(node.others, accept);
  const slash = trimmed.indexOf('/', start + 1);
  const end = slash < 0 ? trimmed.length : slash;
  const literal = node.child && literalOf(node, trimmed.slice(start + 1, end));
  const byLiteral = literal && findIn(literal, trimmed, end, accept);
  if (byLiteral !== undefined) return byLiteral;
  const byParam = node.param && findIn(node.param, trimmed, end, accept);
  if (byParam !== undefined) return byParam;
  return firstOf(node.wildcardValues, accept);
}

/** Letter case does not matter. The part is converted to lower case only if it is not found unchanged. */
function literalOf<T>(node: UrlTrieNode<T>, part: string): UrlTrieNode<T> | undefined {
  return childOf(node, part) ?? childOf(node, part.toLowerCase());
}

function firstOf<T, R>(values: readonly T[], accept: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const accepted = accept(value);
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

export function valuesOf<T>({ value, others }: UrlTrieNode<T>): T[] {
  return value === undefined ? [] : [value, ...others];
}
