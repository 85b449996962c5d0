import type { UrlPattern } from './url-pattern.ts';

/**
 * A tree of URL patterns with a value each: finding one costs a walk along the path, however many there are.
 *
 * Of several patterns that match, a literal part wins over a parameter and a parameter over a wildcard, from left to
 * right. A pattern whose value the caller turns down does not hide the next best.
 */
export interface UrlTree<T> {
  /** Adds a value under a pattern; several values may stand under one. */
  add(pattern: UrlPattern, value: T): void;
  /** Offers the values of each pattern that matches a trimmed path, best first, until `accept` answers with something. */
  find<R>(trimmed: string, accept: (value: T) => R | undefined): R | undefined;
  /** All values whose pattern shares at least one path with this one. */
  overlapping(pattern: UrlPattern): T[];
}

/**
 * Most nodes are leaves with one value, and most others have one child: what is empty is shared or absent, and what is
 * single stands in the node itself, so that a large tree stays near the processor.
 */
interface Node<T> {
  /** The first literal child. */
  text: string;
  child: Node<T> | undefined;
  /** All of them, once there are two. */
  children: Map<string, Node<T>> | undefined;
  param: Node<T> | undefined;
  /** That of the first pattern that ends here. */
  value: T | undefined;
  others: readonly T[];
  wildcardValues: readonly T[];
}

const none: readonly never[] = [];

export function createUrlTree<T>(): UrlTree<T> {
  const root = createNode<T>();
  const texts = new Map<string, string>();
  return {
    add: (pattern, value) => addTo(root, pattern, value, texts),
    find: (trimmed, accept) => findIn(root, trimmed, 0, accept),
    overlapping: (pattern) => [...new Set(overlapsOf(root, pattern, 0))],
  };
}

function createNode<T>(): Node<T> {
  return { text: '', child: undefined, children: undefined, param: undefined, value: undefined, others: none, wildcardValues: none };
}

/** `texts` holds each text of a part once, however many patterns have it. */
function addTo<T>(root: Node<T>, pattern: UrlPattern, value: T, texts: Map<string, string>): void {
  let node = root;
  for (const segment of pattern.segments) {
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

function literalChild<T>(node: Node<T>, text: string): Node<T> {
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

function childOf<T>(node: Node<T>, text: string): Node<T> | undefined {
  if (node.children) return node.children.get(text);
  return node.text === text ? node.child : undefined;
}

function literalChildren<T>(node: Node<T>): Node<T>[] {
  return node.children ? [...node.children.values()] : node.child ? [node.child] : [];
}

/** `start` is where the slash of the next part stands. No list of parts is made, which would cost more than the walk. */
function findIn<T, R>(node: Node<T>, trimmed: string, start: number, accept: (value: T) => R | undefined): R | undefined {
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
function literalOf<T>(node: Node<T>, part: string): Node<T> | undefined {
  return childOf(node, part) ?? childOf(node, part.toLowerCase());
}

function firstOf<T, R>(values: readonly T[], accept: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const accepted = accept(value);
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

function overlapsOf<T>(node: Node<T>, pattern: UrlPattern, depth: number): T[] {
  const segment = pattern.segments[depth];
  if (!segment) return valuesOf(node);
  if (segment.kind === 'wildcard') return everythingBelow(node);
  const children = segment.kind === 'param' ? literalChildren(node) : [childOf(node, segment.text)];
  return [...node.wildcardValues, ...[...children, node.param].flatMap((child) => (child ? overlapsOf(child, pattern, depth + 1) : []))];
}

function valuesOf<T>({ value, others }: Node<T>): T[] {
  return value === undefined ? [] : [value, ...others];
}

function everythingBelow<T>(node: Node<T>): T[] {
  const children = [...literalChildren(node), ...(node.param ? [node.param] : [])];
  return [...node.wildcardValues, ...children.flatMap((child) => [...valuesOf(child), ...everythingBelow(child)])];
}

/** Whether, on every path that both match, the tree takes `first`. Equal shapes give neither precedence. */
export function isMoreSpecific(first: UrlPattern, second: UrlPattern): boolean {
  const rank = { literal: 0, param: 1, wildcard: 2 };
  for (const [index, segment] of first.segments.entries()) {
    const other = second.segments[index];
    if (other && segment.kind !== other.kind) return rank[segment.kind] < rank[other.kind];
  }
  return false;
}
