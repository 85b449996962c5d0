import { containsAll, hasBit } from './bit-set.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import { comparisonLimits, conditionKey, everyAction } from '../policies/policy.ts';
import { coversPattern, overlapsPattern, parseResourcePattern } from '../policies/resource-pattern.ts';
import type { ResourcePattern } from '../policies/resource-pattern.ts';
import { literalStart } from '../policies/compiled-policy.ts';
import type { Entry, CompiledPolicy, PolicyIndex } from '../policies/compiled-policy.ts';
import type { UrlRegistry } from '../urls/url-registry.ts';

/**
 * Whether somebody with `own` may act on somebody with `other`, or hand `other` out: they hold at least as much.
 *
 * Each right and each allow of `other` must follow from one of `own`, with the same or fewer resources and the same or
 * more conditions; and each deny that limits `own` there must limit `other` as well. What takes too many comparisons to
 * tell is not contained.
 */
export function containsGrants(own: CompiledGrants, other: CompiledGrants, registry: Pick<UrlRegistry, 'endpoints'>): boolean {
  if (own.isSuperadmin) return true;
  if (other.isSuperadmin || !containsAll(own.endpoints, other.endpoints)) return false;
  const comparison = createComparison();
  const rights = registry.endpoints.filter(({ id }) => hasBit(other.endpoints, id));
  const isContained = other.compiledPolicies.every((allow) => allow.effect === 'deny' || comparison.isSaidBy(own, allow))
    && own.compiledPolicies.every((deny) => deny.effect === 'allow' || !comparison.limits(deny, other, rights) || comparison.isSaidBy(other, deny));
  return isContained && !comparison.isTooLong();
}

type Rights = readonly { readonly method: string; readonly url: string }[];

/** Compares compiled policies, each pair of patterns at a cost, until too much was spent; from then on nothing is found. */
function createComparison() {
  const keys = new Map<CompiledPolicy, ReadonlySet<string>>();
  let left = comparisonLimits.containment;

  /** The list is made only while there is something left to spend. */
  function some<T>(listOf: () => readonly T[], holds: (item: T) => boolean): boolean {
    if (left < 0) return false;
    const list = listOf();
    left -= list.length;
    return left >= 0 && list.some(holds);
  }

  function keysOf(compiled: CompiledPolicy): ReadonlySet<string> {
    const known = keys.get(compiled) ?? new Set(compiled.conditions.map(({ condition }) => conditionKey(condition)));
    keys.set(compiled, known);
    return known;
  }

  return {
    isTooLong: () => left < 0,
    /** Whether all that a policy says, whenever it counts, is said there too, each part of it by one policy. */
    isSaidBy(grants: CompiledGrants, inner: CompiledPolicy): boolean {
      const says = (pattern: ResourcePattern) => ({ compiled: outer, pattern: outerPattern }: Entry) => (
        outer.effect === inner.effect && coversPattern(outerPattern, pattern) && [...keysOf(outer)].every((key) => keysOf(inner).has(key)));
      return [...inner.actions].every((action) => inner.patterns.every((pattern) => (
        some(() => indexFor(grants, pattern).along([action, everyAction], literalStart(pattern)), says(pattern)))));
    },
    /** Whether a deny is about something that these grants, or rights, reach. */
    limits({ actions, patterns }: CompiledPolicy, grants: CompiledGrants, rights: Rights): boolean {
      return patterns.some((pattern) => {
        const index = indexFor(grants, pattern);
        const named = actions.has(everyAction) ? index.actions : [...actions, everyAction];
        const near = () => [index.along(named, literalStart(pattern)), index.below(named, literalStart(pattern))].flat();
        return some(near, (entry) => entry.compiled.effect === 'allow' && overlapsPattern(pattern, entry.pattern))
          || (pattern.isUrl && some(() => rights, ({ method, url }) => (actions.has(everyAction) || actions.has(method)) && overlapsUrl(pattern, url)));
      });
    },
  };
}

function indexFor({ urls, resources }: CompiledGrants, pattern: ResourcePattern): PolicyIndex {
  return pattern.isUrl ? urls : resources;
}

function overlapsUrl(pattern: ResourcePattern, url: string): boolean {
  const right = parseResourcePattern(url);
  return right !== undefined && overlapsPattern(pattern, right);
}
