import type { Method } from '../../engine/urls/method.ts';
import { createUrlTrie } from '../../engine/urls/url-trie.ts';
import { createUrlOverlap, isMoreSpecific } from '../../engine/urls/url-overlap.ts';
import type { UrlPattern } from '../../engine/urls/url-pattern.ts';

/** A method at a path, in the order in which Express tries them. */
export interface OrderedRoute {
  readonly method: Method;
  readonly pattern: UrlPattern;
}

export interface Shadow {
  readonly earlier: OrderedRoute;
  readonly later: OrderedRoute;
}

/** A part of a path that no route names. It represents all such parts, because the same patterns match all of them. */
const anyPart = '\0';

/**
 * Finds routes that an earlier route hides: Express takes the first match, and the trie of the gate the best one.
 *
 * Two routes that overlap are tried on paths of every length that both match. It is a shadow if Express takes the earlier route and
 * the trie the later one. If a third route takes all paths that they share, there is no shadow.
 */
export function findShadows(routes: readonly OrderedRoute[]): Shadow[] {
  const before = createUrlOverlap<OrderedRoute>();
  const all = createUrlTrie<OrderedRoute>();
  for (const route of routes) all.add(route.pattern, route);
  const longest = Math.max(0, ...routes.map(({ pattern }) => pattern.segments.length)) + 1;

  const isReal = (earlier: OrderedRoute, later: OrderedRoute): boolean => meetings(earlier.pattern, later.pattern, longest).some((path) => {
    const first = routes.find(({ method, pattern }) => method === later.method && matches(pattern, path));
    const url = path.map((part) => `/${part}`).join('');
    const best = all.find(url, (candidate) => (candidate.method === later.method ? candidate : undefined));
    return first === earlier && best === later;
  });

  return routes.flatMap((later) => {
    const earlier = before.overlapping(later.pattern).find((candidate) => candidate.method === later.method
      && (candidate.pattern.shape === later.pattern.shape
        || (isMoreSpecific(later.pattern, candidate.pattern) && isReal(candidate, later))));
    before.add(later.pattern, later);
    return earlier ? [{ earlier, later }] : [];
  });
}

/** One path of each length up to the longest that both patterns match. Parts that neither pattern names are `anyPart`. */
function meetings(one: UrlPattern, other: UrlPattern, longest: number): string[][] {
  const lengths = Array.from({ length: longest + 1 }, (_each, length) => length);
  return lengths.map((length) => Array.from({ length }, (_each, index) => literalAt(one, index) ?? literalAt(other, index) ?? anyPart))
    .filter((path) => matches(one, path) && matches(other, path));
}

function literalAt({ segments }: UrlPattern, index: number): string | undefined {
  const segment = segments[index];
  return segment?.kind === 'literal' ? segment.text : undefined;
}

function matches({ segments }: UrlPattern, path: readonly string[]): boolean {
  const isOpen = segments.at(-1)?.kind === 'wildcard';
  if (isOpen ? path.length < segments.length : path.length !== segments.length) return false;
  return segments.every((segment, index) => segment.kind !== 'literal' || segment.text === path[index]);
}
