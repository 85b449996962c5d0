import fc from 'fast-check';
import { parsePattern } from '../../src/engine/urls/url-pattern.ts';
import type { UrlPattern } from '../../src/engine/urls/url-pattern.ts';

const literals = ['a', 'b', 'c'];

/** Patterns of few letters, so that many of them meet. */
export const patterns: fc.Arbitrary<UrlPattern> = fc
  .tuple(fc.array(fc.constantFrom(...literals, ':x', ':y'), { maxLength: 3 }), fc.boolean())
  .map(([parts, isOpen]) => parsePattern(`/${[...parts, ...(isOpen ? ['*rest'] : [])].join('/')}`));

/** Sets of patterns without two that match the same paths. */
export const patternSets: fc.Arbitrary<UrlPattern[]> = fc.uniqueArray(
  patterns, { selector: ({ shape }) => shape, minLength: 1, maxLength: 12 },
);

/** Every path of up to 4 parts over those letters and one that no pattern names: two patterns that meet, meet here. */
export const paths: readonly (readonly string[])[] = allPaths(4);

function allPaths(depth: number): string[][] {
  if (depth === 0) return [[]];
  const shorter = allPaths(depth - 1);
  return [...shorter, ...shorter.filter(({ length }) => length === depth - 1).flatMap(
    (path) => [...literals, 'z'].map((part) => [...path, part]),
  )];
}

/** Whether a pattern matches a path: written as a plain regular expression, apart from the tree. */
export function matches({ url }: UrlPattern, path: readonly string[]): boolean {
  const known = expressions.get(url) ?? new RegExp(`^${url === '/' ? '' : url.replace(/\/\*\w+$/, '/.+').replace(/:\w+/g, '[^/]+')}$`);
  expressions.set(url, known);
  return known.test(path.map((part) => `/${part}`).join(''));
}

const expressions = new Map<string, RegExp>();

/** The pattern that should win on a path: from left to right, a literal before a parameter before a wildcard. */
export function bestOf(candidates: readonly UrlPattern[], path: readonly string[]): UrlPattern | undefined {
  return candidates.filter((pattern) => matches(pattern, path)).sort((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1))[0];
}

function rankOf({ url }: UrlPattern): string {
  return url.slice(1).split('/').map((part) => (part.startsWith('*') ? 2 : part.startsWith(':') ? 1 : 0)).join('');
}
