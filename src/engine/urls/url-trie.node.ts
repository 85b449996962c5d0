import type { Segment } from './url-pattern.ts';

/**
 * Most nodes are leaves with one value, and most others have one child: what is empty is shared or absent, and what is
 * single stands in the node itself, so that a large tree stays near the processor.
 */
export interface UrlTrieNode<T> {
  /** That of the first pattern that ends here. */
  value: T | undefined;
  others: readonly T[];
  param: UrlTrieNode<T> | undefined;
  /** The first literal child, and its text. */
  child: UrlTrieNode<T> | undefined;
  text: string;
  /** All of them, once there are two. */
  children: Map<string, UrlTrieNode<T>> | undefined;
  wildcardValues: readonly T[];
}

const none: readonly never[] = [];

export function createNode<T>(): UrlTrieNode<T> {
  return { value: undefined, others: none, param: undefined, child: undefined, text: '', children: undefined, wildcardValues: none };
}

/** `texts` holds each text of a part once, however many patterns have it. */
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

/** `start` is where the slash of the next part stands. No list of parts is made, which would cost more than the walk. */
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

/** Letter case does not count; it is looked at only where the text as it stands is not found. */
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
