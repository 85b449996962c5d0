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
  /** Offers the values of each pattern that matches a plain path, best first, until `accept` answers with something. */
  find<R>(plain: string, accept: (values: readonly T[]) => R | undefined): R | undefined;
  /** All values whose pattern shares at least one path with this one. */
  overlapping(pattern: UrlPattern): T[];
}

/** Most nodes are leaves: what is empty is shared or absent, which keeps a large tree near the processor. */
interface Node<T> {
  literals: Map<string, Node<T>> | undefined;
  param: Node<T> | undefined;
  values: readonly T[];
  wildcardValues: readonly T[];
}

const none: readonly never[] = [];

export function createUrlTree<T>(): UrlTree<T> {
  const root = createNode<T>();
  return {
    add: (pattern, value) => addTo(root, pattern, value),
    find: (plain, accept) => findIn(root, plain, 0, accept),
    overlapping: (pattern) => [...new Set(overlapsOf(root, pattern, 0))],
  };
}

function createNode<T>(): Node<T> {
  return { literals: undefined, param: undefined, values: none, wildcardValues: none };
}

function addTo<T>(root: Node<T>, pattern: UrlPattern, value: T): void {
  let node = root;
  for (const segment of pattern.segments) {
    if (segment.kind === 'wildcard') {
      node.wildcardValues = [...node.wildcardValues, value];
      return;
    }
    node = segment.kind === 'param' ? (node.param ??= createNode()) : literalChild(node, segment.text);
  }
  node.values = [...node.values, value];
}

function literalChild<T>(node: Node<T>, text: string): Node<T> {
  node.literals ??= new Map();
  const existing = node.literals.get(text);
  if (existing) return existing;
  const child = createNode<T>();
  node.literals.set(text, child);
  return child;
}

function literalChildren<T>(node: Node<T>): Node<T>[] {
  return [...(node.literals?.values() ?? [])];
}

/** `start` is where the slash of the next part stands. No list of parts is made, which would cost more than the walk. */
function findIn<T, R>(node: Node<T>, plain: string, start: number, accept: (values: readonly T[]) => R | undefined): R | undefined {
  if (start === plain.length) return node.values.length > 0 ? accept(node.values) : undefined;
  const slash = plain.indexOf('/', start + 1);
  const end = slash < 0 ? plain.length : slash;
  const literal = node.literals?.get(plain.slice(start + 1, end));
  const byLiteral = literal && findIn(literal, plain, end, accept);
  if (byLiteral !== undefined) return byLiteral;
  const byParam = node.param && findIn(node.param, plain, end, accept);
  if (byParam !== undefined) return byParam;
  return node.wildcardValues.length > 0 ? accept(node.wildcardValues) : undefined;
}

function overlapsOf<T>(node: Node<T>, pattern: UrlPattern, depth: number): T[] {
  const segment = pattern.segments[depth];
  if (!segment) return [...node.values];
  if (segment.kind === 'wildcard') return everythingBelow(node);
  const children = segment.kind === 'param' ? literalChildren(node) : [node.literals?.get(segment.text)];
  return [...node.wildcardValues, ...[...children, node.param].flatMap((child) => (child ? overlapsOf(child, pattern, depth + 1) : []))];
}

function everythingBelow<T>(node: Node<T>): T[] {
  const children = [...literalChildren(node), ...(node.param ? [node.param] : [])];
  return [...node.wildcardValues, ...children.flatMap((child) => [...child.values, ...everythingBelow(child)])];
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
