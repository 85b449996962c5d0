import { hasBit } from './grants/bit-set.ts';
import type { DecisionContext, ContextCache, Truth } from './policies/decision-context.types.ts';
import type { UrlRequest } from './decide.ts';
import type { CompiledGrants } from './grants/compiled-grants.ts';
import type { PermissionRequest } from './policies/permission-request.ts';
import { splitResource } from './policies/resource-pattern.ts';
import type { CompiledPolicy, PolicyIndex } from './policies/compiled-policy.ts';
import { readParts } from './urls/url-pattern.ts';

/**
 * Whether a request could be allowed if the context contained more facts.
 *
 * A decision treats a missing fact as a reason to refuse. This function treats it as a reason to allow. If both refuse, no further
 * fact can change that.
 */
export function mightBeAllowed(grants: CompiledGrants, request: PermissionRequest | UrlRequest, context: DecisionContext): boolean {
  if (!('endpoint' in request)) return couldBe(grants.resources, request.action, splitResource(request.resource), context);
  const { endpoint, path = endpoint.url } = request;
  if (endpoint.access === 'simple') return true;
  const isOpenDoor = endpoint.access === 'config';
  const found = truths(grants.urls, endpoint.method, readParts(path), context);
  if (found.some(({ effect, truth }) => effect === 'deny' && truth === 'yes') && !(isOpenDoor && grants.isSuperadmin)) return false;
  const byPolicy = !isOpenDoor && found.some(isPossible);
  if (!byPolicy && !hasBit(grants.endpoints, endpoint.id)) return false;
  const needed = endpoint.permission?.requestOf(path);
  return !needed || couldBe(grants.resources, needed.action, splitResource(needed.resource), context);
}

interface Weighed {
  readonly effect: CompiledPolicy['effect'];
  readonly truth: Truth;
}

function couldBe(index: PolicyIndex, action: string, parts: readonly string[] | undefined, context: DecisionContext): boolean {
  const found = parts ? truths(index, action, parts, context) : [];
  return !found.some(({ effect, truth }) => effect === 'deny' && truth === 'yes') && found.some(isPossible);
}

function isPossible({ effect, truth }: Weighed): boolean {
  return effect === 'allow' && truth !== 'no';
}

function truths(index: PolicyIndex, action: string, parts: readonly string[], context: DecisionContext): Weighed[] {
  const cache: ContextCache = {};
  return [...index.find(action, parts, context.meter)].map(({ effect, conditions, weight }) => {
    if (context.meter) context.meter.comparisons += weight;
    const all = conditions.map(({ test }) => test(context, cache));
    return { effect, truth: all.includes('no') ? 'no' : all.includes('missing') ? 'missing' : 'yes' };
  });
}
