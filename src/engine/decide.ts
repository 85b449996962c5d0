import { hasBit } from './grants/bit-set.ts';
import type { DecisionContext, ContextCache } from './policies/decision-context.types.ts';
import type { CompiledGrants } from './grants/compiled-grants.ts';
import type { Policy } from './policies/policy.ts';
import { splitResource } from './policies/resource-pattern.ts';
import type { PermissionRequest } from './policies/permission-request.ts';
import { counts } from './policies/compiled-policy.ts';
import { hasName } from './resources/stored-value.ts';
import type { CompiledPolicy, PolicyIndex } from './policies/compiled-policy.ts';
import { readParts } from './urls/url-pattern.ts';
import type { Endpoint } from './urls/url-registry.ts';

/** A decision with its reason. */
export type Decision =
  | { readonly allowed: true; readonly reason: 'simple-url'; readonly required: string }
  | { readonly allowed: true; readonly reason: 'right'; readonly required: string }
  | { readonly allowed: true; readonly reason: 'policy'; readonly required: string; readonly policy: Policy }
  | { readonly allowed: false; readonly reason: 'right-missing' | 'permission-missing'; readonly required: string }
  | { readonly allowed: false; readonly reason: 'policy-denies'; readonly required: string; readonly policy: Policy };

/** A request to call a registered URL. */
export interface UrlRequest {
  readonly endpoint: Endpoint;
  /** The requested path. The default is the URL of the endpoint, whose parameters then match only `*`. */
  readonly path?: string;
}

/** Decides about an action on a resource. Pure, never throws. Without an allow the action is refused. A deny overrides every allow. */
export function decide(grants: CompiledGrants | null, { action, resource }: PermissionRequest, context: DecisionContext): Decision {
  const required = `${action}:${resource}`;
  const parts = isNameless(context) ? undefined : splitResource(resource);
  const { allow, deny } = parts && grants ? weigh(grants.resources, action, parts, context) : {};
  if (deny) return { allowed: false, reason: 'policy-denies', required, policy: deny.policy };
  if (allow) return { allowed: true, reason: 'policy', required, policy: allow.policy };
  return { allowed: false, reason: 'permission-missing', required };
}

/** A stored document whose id cannot be part of a resource name: no policy can name it, and no scope matches it. */
function isNameless({ resource }: DecisionContext): boolean {
  return resource !== undefined && Object.hasOwn(resource, '_id') && !hasName(resource['_id']);
}

/**
 * Decides about one endpoint, by rights, denies and the permission that the URL requires.
 *
 * Denies do not apply to superadmins on config URLs, so that nobody can lock out the last administrator.
 */
export function decideUrl(
  grants: CompiledGrants | null, { endpoint, path = endpoint.url }: UrlRequest, context: DecisionContext,
): Decision {
  const required = endpoint.label;
  if (endpoint.access === 'simple') return { allowed: true, reason: 'simple-url', required };
  if (!grants) return { allowed: false, reason: 'right-missing', required };
  const byUrl = grants.urls.size > 0 ? decideByPolicy(grants, endpoint, readParts(path), context, required) : undefined;
  if (byUrl && !byUrl.allowed) return byUrl;
  const byRight: Decision | undefined = hasBit(grants.endpoints, endpoint.id) ? { allowed: true, reason: 'right', required } : byUrl;
  if (!byRight) return { allowed: false, reason: 'right-missing', required };
  if (!endpoint.permission) return byRight;
  const byPermission = decide(grants, endpoint.permission.requestOf(path), context);
  return byPermission.allowed ? byRight : byPermission;
}

function decideByPolicy(
  grants: CompiledGrants, endpoint: Endpoint, parts: readonly string[], context: DecisionContext, required: string,
): Decision | undefined {
  const isOpenDoor = endpoint.access === 'config';
  const { allow, deny } = weigh(grants.urls, endpoint.method, parts, context);
  if (deny && !(isOpenDoor && grants.isSuperadmin)) return { allowed: false, reason: 'policy-denies', required, policy: deny.policy };
  return allow && !isOpenDoor ? { allowed: true, reason: 'policy', required, policy: allow.policy } : undefined;
}

/** Returns the first deny that covers the request and applies, or else the first such allow. */
function weigh(
  index: PolicyIndex, action: string, parts: readonly string[], context: DecisionContext,
): { allow?: CompiledPolicy; deny?: CompiledPolicy } {
  const found = index.find(action, parts, context.meter);
  const cache: ContextCache = {};
  for (const deny of found) if (deny.effect === 'deny' && counts(deny, context, cache)) return { deny };
  for (const allow of found) if (allow.effect === 'allow' && counts(allow, context, cache)) return { allow };
  return {};
}
