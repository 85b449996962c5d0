import type { Condition } from './policies/condition.ts';
import type { DecisionContext, ContextCache } from './policies/decision-context.types.ts';
import { decide, decideUrl } from './decide.ts';
import type { Decision, UrlRequest } from './decide.ts';
import { grantSetOf } from './grants/grant.ts';
import type { Grant } from './grants/grant.ts';
import { compileGrants } from './grants/compiled-grants.ts';
import type { CompiledGrants } from './grants/compiled-grants.ts';
import type { PermissionRequest } from './policies/permission-request.ts';
import { policyKey } from './policies/policy.ts';
import { splitResource } from './policies/resource-pattern.ts';
import { endpointsOfRight } from './grants/right.ts';
import { compilePolicy, covers } from './policies/compiled-policy.ts';
import type { UrlRegistry } from './urls/url-registry.ts';

/** A decision with the grants that caused it. */
export interface ExplainedDecision {
  readonly decision: Decision;
  /** The right or the policy, then the grant of the permission that the URL requires; or the deny. Empty if a grant is missing. */
  readonly causes: readonly Grant[];
  /** If a permission is missing: an allow that only failed because of this condition, or because a value that it reads is missing. */
  readonly nearest?: { readonly given: Grant; readonly failed: Condition; readonly isMissing: boolean };
}

/**
 * Explains a decision about a principal with these grants. The decision is the one of `decide` or `decideUrl`.
 *
 * `grants` are the same grants compiled, if the caller has them already.
 */
export function explain(
  registry: UrlRegistry, granted: readonly Grant[], request: PermissionRequest | UrlRequest, context: DecisionContext,
  grants = compileGrants(registry, grantSetOf(granted)),
): ExplainedDecision {
  if (!('endpoint' in request)) return explainPermission(granted, grants, request, context);
  const decision = decideUrl(grants, request, context);
  if (decision.reason === 'simple-url' || decision.reason === 'right-missing') return { decision, causes: [] };
  const { endpoint, path = endpoint.url } = request;
  const byPermission = endpoint.permission && explainPermission(granted, grants, endpoint.permission.requestOf(path), context);
  if (byPermission && !decision.allowed && decision.required === byPermission.decision.required) return { ...byPermission, decision };
  const first = decision.reason === 'right' ? granted.find((each) => opens(registry, each, request)) : causeOf(granted, decision);
  return { decision, causes: [...(first ? [first] : []), ...(decision.allowed && byPermission ? byPermission.causes : [])] };
}

function explainPermission(
  granted: readonly Grant[], grants: CompiledGrants, request: PermissionRequest, context: DecisionContext,
): ExplainedDecision {
  const decision = decide(grants, request, context);
  if (decision.reason === 'permission-missing') {
    const nearest = nearestOf(granted, request, context);
    return { decision, causes: [], ...(nearest && { nearest }) };
  }
  const cause = causeOf(granted, decision);
  return { decision, causes: cause ? [cause] : [] };
}

function opens(registry: UrlRegistry, grant: Grant, { endpoint }: UrlRequest): boolean {
  return grant.kind === 'superadmin' || (grant.kind === 'right' && endpointsOfRight(registry, grant.right).includes(endpoint));
}

function causeOf(granted: readonly Grant[], decision: Decision): Grant | undefined {
  if (!('policy' in decision)) return undefined;
  const key = policyKey(decision.policy);
  return granted.find((each) => 'policy' in each && policyKey(each.policy) === key) ?? granted.find(({ kind }) => kind === 'superadmin');
}

function nearestOf(
  granted: readonly Grant[], { action, resource }: PermissionRequest, context: DecisionContext,
): ExplainedDecision['nearest'] {
  const parts = splitResource(resource);
  const cache: ContextCache = {};
  for (const each of granted) {
    if (!parts || !('policy' in each) || each.policy.effect !== 'allow') continue;
    const compiled = compilePolicy(each.policy);
    if (!covers(compiled, action, parts)) continue;
    for (const { condition, test } of compiled.conditions) {
      const truth = test(context, cache);
      if (truth !== 'yes') return { given: each, failed: condition, isMissing: truth === 'missing' };
    }
  }
  return undefined;
}
