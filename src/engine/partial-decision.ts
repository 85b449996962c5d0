import { hasBit } from './grants/bit-set.ts';
import type { Facts, Readings, Truth } from './policies/condition.ts';
import type { UrlRequest } from './decide.ts';
import type { Grants } from './grants/compiled-grants.ts';
import type { PermissionRequest } from './policies/permission-request.ts';
import { splitResource } from './policies/resource-pattern.ts';
import type { Statement, StatementIndex } from './policies/compiled-policy.ts';
import { readParts } from './urls/url-pattern.ts';

/**
 * Whether a request could be allowed, were more known than these facts.
 *
 * A decision takes what is missing against the caller; this takes it in their favour. Where both refuse, no further fact
 * changes that.
 */
export function couldAllow(grants: Grants, request: PermissionRequest | UrlRequest, facts: Facts): boolean {
  if (!('endpoint' in request)) return couldBe(grants.resources, request.action, splitResource(request.resource), facts);
  const { endpoint, path = endpoint.url } = request;
  if (endpoint.access === 'simple') return true;
  const isOpenDoor = endpoint.access === 'config';
  const found = truths(grants.urls, endpoint.method, readParts(path), facts);
  if (found.some(({ effect, truth }) => effect === 'deny' && truth === 'yes') && !(isOpenDoor && grants.isSuperadmin)) return false;
  const byPolicy = !isOpenDoor && found.some(isPossible);
  if (!byPolicy && !hasBit(grants.endpoints, endpoint.id)) return false;
  const needed = endpoint.permission?.requestOf(path);
  return !needed || couldBe(grants.resources, needed.action, splitResource(needed.resource), facts);
}

interface Weighed {
  readonly effect: Statement['effect'];
  readonly truth: Truth;
}

function couldBe(index: StatementIndex, action: string, parts: readonly string[] | undefined, facts: Facts): boolean {
  const found = parts ? truths(index, action, parts, facts) : [];
  return !found.some(({ effect, truth }) => effect === 'deny' && truth === 'yes') && found.some(isPossible);
}

function isPossible({ effect, truth }: Weighed): boolean {
  return effect === 'allow' && truth !== 'no';
}

function truths(index: StatementIndex, action: string, parts: readonly string[], facts: Facts): Weighed[] {
  const readings: Readings = {};
  return [...index.find(action, parts, facts.meter)].map(({ effect, conditions, weight }) => {
    if (facts.meter) facts.meter.comparisons += weight;
    const all = conditions.map(({ test }) => test(facts, readings));
    return { effect, truth: all.includes('no') ? 'no' : all.includes('missing') ? 'missing' : 'yes' };
  });
}
