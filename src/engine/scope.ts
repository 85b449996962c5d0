import { attributeFilters } from './scope.attribute.ts';
import type { PathGuards } from './scope.attribute.ts';
import type { CompiledCondition } from './policies/condition.ts';
import type { DecisionContext, ContextCache } from './policies/decision-context.types.ts';
import type { PermissionRequest } from './policies/permission-request.ts';
import type { CompiledGrants } from './grants/compiled-grants.ts';
import { lastParts, placesOf, splitResource } from './policies/resource-pattern.ts';
import { coversAction } from './policies/compiled-policy.ts';
import type { CompiledPolicy } from './policies/compiled-policy.ts';
import type { StoredAs } from './resources/stored-as.ts';
import type { Filter, Part } from './scope.types.ts';

/** Matches no document. */
export const nothing: Filter = { _id: { $in: [] } };

/**
 * Returns a filter that matches exactly the documents on which the caller may act. A document is the resource `RESOURCE/ID`.
 *
 * It matches a stored document exactly if `decide` allows the action with the fields of the document as attributes of the
 * resource. If nothing is allowed, it matches nothing.
 */
export function scope(
  grants: CompiledGrants | null, { action, resource }: PermissionRequest, context: Omit<DecisionContext, 'resource'>, stored: StoredAs,
): Filter {
  const parts = splitResource(resource);
  if (!grants || !parts) return nothing;
  const covering = grants.compiledPolicies.filter((compiled) => coversAction(compiled, action));
  const known: Known = { cache: {}, guards: new Map(), stored };
  const coveredBy = (compiled: CompiledPolicy): Covered => ({
    ids: idsCovered(compiled, parts),
    needed: and(compiled.conditions.map((condition) => conditionPart(compiled, condition, context, known))),
  });
  const filterOf = (effect: CompiledPolicy['effect']) => (
    united(covering.filter((compiled) => compiled.effect === effect).map(coveredBy), stored));
  const [allowed, denied] = [filterOf('allow'), filterOf('deny')];
  const both = and([allowed, not(denied), not(stored.nameless())]);
  return typeof both === 'object' ? both : nothing;
}

/** The ids that one policy covers, and what must hold for it to apply. */
interface Covered {
  readonly ids: 'all' | readonly string[];
  readonly needed: Part;
}

/** Matches documents of any policy. The ids of all policies without conditions become one list. */
function united(covered: readonly Covered[], stored: StoredAs): Part {
  const always: string[] = [];
  const others: Part[] = [];
  for (const { ids, needed } of covered) {
    if (ids === 'all') others.push(needed);
    else if (needed === true) always.push(...ids);
    else others.push(and([idsPart(ids, stored), needed]));
  }
  return or([idsPart(always, stored), ...others]);
}

function idsPart(ids: readonly string[], stored: StoredAs): Part {
  return ids.length > 0 ? stored.named([...new Set(ids)].sort()) : false;
}

/** The ids of documents that the patterns of a policy cover. */
function idsCovered({ patterns }: CompiledPolicy, parts: readonly string[]): Covered['ids'] {
  const ids: string[] = [];
  for (const pattern of patterns) {
    if (pattern.isUrl) continue;
    const covered = lastParts(pattern, placesOf(pattern, parts));
    if (covered === 'all') return 'all';
    ids.push(...covered);
  }
  return ids;
}

/** Values that conditions have read so far, so that a thousand conditions read each value once. */
interface Known {
  readonly cache: ContextCache;
  readonly guards: PathGuards;
  readonly stored: StoredAs;
}

function conditionPart(
  { effect }: CompiledPolicy, { test, comparison }: CompiledCondition, context: Omit<DecisionContext, 'resource'>,
  { cache, guards, stored }: Known,
): Part {
  if (comparison?.left.of === 'resource') {
    const { holds, isMissing } = attributeFilters(comparison, context, guards, stored);
    return effect === 'allow' ? holds : or([holds, isMissing()]);
  }
  const answer = test(context, cache);
  return effect === 'allow' ? answer === 'yes' : answer !== 'no';
}

export function and(parts: readonly Part[]): Part {
  if (parts.includes(false)) return false;
  const filters = parts.filter((part) => typeof part === 'object');
  return filters.length === 0 ? true : joined('$and', filters);
}

export function or(parts: readonly Part[]): Part {
  if (parts.includes(true)) return true;
  const filters = parts.filter((part) => typeof part === 'object');
  return filters.length === 0 ? false : joined('$or', filters);
}

export function not(part: Part): Part {
  return typeof part === 'boolean' ? !part : { $nor: [part] };
}

function joined(operator: '$and' | '$or', [first, ...others]: readonly Filter[]): Filter {
  return first && others.length === 0 ? first : { [operator]: [first, ...others] };
}
