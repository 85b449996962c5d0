import type { Condition, Facts, Readings } from './policies/condition.ts';
import { decide, decideUrl } from './decide.ts';
import type { Decision, UrlRequest } from './decide.ts';
import { holdingsOf } from './grants/grant.ts';
import type { Given } from './grants/grant.ts';
import { compileGrants } from './grants/compiled-grants.ts';
import type { Grants } from './grants/compiled-grants.ts';
import type { PermissionRequest } from './policies/permission-request.ts';
import { policyKey } from './policies/policy.ts';
import { splitResource } from './policies/resource-pattern.ts';
import { endpointsOfRight } from './grants/right.ts';
import { compileStatement, covers } from './policies/compiled-policy.ts';
import type { UrlRegistry } from './urls/url-registry.ts';

/** A decision with what alone would have given the same one. */
export interface Explanation {
  readonly decision: Decision;
  /** The right or policy, and beside a right the permission that the URL asks for; a deny; none for what is missing. */
  readonly causes: readonly Given[];
  /** Of something missing: an allow that only a condition kept from counting. */
  readonly nearest?: { readonly given: Given; readonly failed: Condition['type'] };
}

/** Explains a decision about somebody with all this, which may have been compiled already. The decision is that of `decide` or `decideUrl` on the same grants. */
export function explain(registry: UrlRegistry, given: readonly Given[], request: PermissionRequest | UrlRequest, facts: Facts, grants = compileGrants(registry, holdingsOf(given))): Explanation {
  if (!('endpoint' in request)) return explainPermission(given, grants, request, facts);
  const decision = decideUrl(grants, request, facts);
  if (decision.reason === 'simple-url' || decision.reason === 'right-missing') return { decision, causes: [] };
  const { endpoint, path = endpoint.url } = request;
  const byPermission = endpoint.permission && explainPermission(given, grants, endpoint.permission.requestOf(path), facts);
  if (byPermission && !decision.allowed && decision.required === byPermission.decision.required) return { ...byPermission, decision };
  const first = decision.reason === 'right' ? given.find((each) => opens(registry, each, request)) : causeOf(given, decision);
  return { decision, causes: [...(first ? [first] : []), ...(decision.allowed && byPermission ? byPermission.causes : [])] };
}

function explainPermission(given: readonly Given[], grants: Grants, request: PermissionRequest, facts: Facts): Explanation {
  const decision = decide(grants, request, facts);
  if (decision.reason === 'permission-missing') {
    const nearest = nearestOf(given, request, facts);
    return { decision, causes: [], ...(nearest && { nearest }) };
  }
  const cause = causeOf(given, decision);
  return { decision, causes: cause ? [cause] : [] };
}

function opens(registry: UrlRegistry, given: Given, { endpoint }: UrlRequest): boolean {
  return given.kind === 'superadmin' || (given.kind === 'right' && endpointsOfRight(registry, given.right).includes(endpoint));
}

function causeOf(given: readonly Given[], decision: Decision): Given | undefined {
  if (!('policy' in decision)) return undefined;
  const key = policyKey(decision.policy);
  return given.find((each) => 'policy' in each && policyKey(each.policy) === key) ?? given.find(({ kind }) => kind === 'superadmin');
}

function nearestOf(given: readonly Given[], { action, resource }: PermissionRequest, facts: Facts): Explanation['nearest'] {
  const parts = splitResource(resource);
  const readings: Readings = {};
  for (const each of given) {
    if (!parts || !('policy' in each) || each.policy.effect !== 'allow') continue;
    const statement = compileStatement(each.policy);
    if (!covers(statement, action, parts)) continue;
    const failed = statement.conditions.find(({ test }) => test(facts, readings) !== 'yes');
    if (failed) return { given: each, failed: failed.condition.type };
  }
  return undefined;
}
