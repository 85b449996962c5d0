import { containsAll, hasBit } from './bit-set.ts';
import type { CompiledGrants } from './compiled-grants.ts';
import { comparisonLimits, conditionKey, everyAction } from '../policies/policy.ts';
import { coversPattern, overlapsPattern, parseResourcePattern } from '../policies/resource-pattern.ts';
import type { ResourcePattern } from '../policies/resource-pattern.ts';
import { literalStart } from '../policies/compiled-policy.ts';
import type { Entry, CompiledPolicy, PolicyIndex } from '../policies/compiled-policy.ts';
import type { UrlRegistry } from '../urls/url-registry.ts';

/**
 * Whether `own` grants at least as much as `other`: a principal with `own` may then act on one with `other`, or delegate `other`.
 *
 * Each right of `other` must be in `own`. Each allow of `other` must follow from one allow of `own` with the same or more resources
 * and the same or fewer conditions. Each deny that limits `own` there must limit `other` as well. If this takes too many
 * comparisons, the result is false.
 */
export function containsGrants(own: CompiledGrants, other: CompiledGrants, registry: Pick<UrlRegistry, 'endpoints'>): boolean {
  if (own.isSuperadmin) return true;
  if (other.isSuperadmin || !containsAll(own.endpoints, other.endpoints)) return false;
  const comparison = createComparison();
  const rights = registry.endpoints.filter(({ id }) => hasBit(other.endpoints, id));
  const isContained = other.compiledPolicies.every((allow) => allow.effect === 'deny' || comparison.isSaidBy(own, allow))
    && own.compiledPolicies.every((deny) => (
      deny.effect === 'allow' || !comparison.limits(deny, other, rights) || comparison.isSaidBy(other, deny)));
  return isContained && !comparison.isTooLong();
}

type Rights = readonly { readonly method: string; readonly url: string }[];

/** Compares compiled policies and counts the compared pairs of patterns. Above the limit every comparison returns false. */
function createComparison() {
  const keys = new Map<CompiledPolicy, ReadonlySet<string>>();
  let left = comparisonLimits.containment;

  /** The list is built only while comparisons are left. */
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
    /** Whether policies of `grants` say the same for each action and resource of a policy, in every case where it applies. */
    isSaidBy(grants: CompiledGrants, inner: CompiledPolicy): boolean {
      const says = (pattern: ResourcePattern) => ({ compiled: outer, pattern: outerPattern }: Entry) => (
        outer.effect === inner.effect && coversPattern(outerPattern, pattern) && [...keysOf(outer)].every((key) => keysOf(inner).has(key)));
      return [...inner.actions].every((action) => inner.patterns.every((pattern) => (
        some(() => indexFor(grants, pattern).along([action, everyAction], literalStart(pattern)), says(pattern)))));
    },
    /** Whether a deny covers something that these grants, or rights, allow. */
    limits({ actions, patterns }: CompiledPolicy, grants: CompiledGrants, rights: Rights): boolean {
      return patterns.some((pattern) => {
        const index = indexFor(grants, pattern);
        const named = actions.has(everyAction) ? index.actions : [...actions, everyAction];
        const near = () => [index.along(named, literalStart(pattern)), index.below(named, literalStart(pattern))].flat();
        return some(near, (entry) => entry.compiled.effect === 'allow' && overlapsPattern(pattern, entry.pattern))
          || (pattern.isUrl && some(() => rights, ({ method, url }) => (
            (actions.has(everyAction) || actions.has(method)) && overlapsUrl(pattern, url))));
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
