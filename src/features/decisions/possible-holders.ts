import { grantSetOf } from '../../engine/grants/grant.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { compileGrants } from '../../engine/grants/compiled-grants.ts';
import type { UrlRequest } from '../../engine/decide.ts';
import { mightBeAllowed } from '../../engine/partial-decision.ts';
import type { DecisionContext } from '../../engine/policies/decision-context.types.ts';
import type { PermissionRequest } from '../../engine/policies/permission-request.ts';
import { splitResource } from '../../engine/policies/resource-pattern.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { GrantSource, HolderMarks } from '../grants/grants.types.ts';
import type { LongWork } from './long-work.ts';

/** Who could be allowed. Everybody else is certainly refused. */
export interface PossibleHolders {
  /** The roles and groups that could allow, and users who could be allowed by a membership. null: everybody could be allowed. */
  readonly marks: HolderMarks | null;
  /** Users with a membership on the resource or above it, which can allow or deny. */
  readonly members: readonly string[];
}

export interface PossibleHoldersDeps {
  readonly registry: () => UrlRegistry;
  readonly readGrantSources: (tenantId: string, session: ClientSession) => Promise<readonly GrantSource[]>;
  readonly readMembershipsOn: (
    tenantId: string, resources: readonly string[] | null, session: ClientSession,
  ) => Promise<readonly { readonly userId: string; readonly roleId: string }[]>;
  /** Whether an active identity provider may give one of these roles. */
  readonly areProvided: (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<boolean>;
  /** The roleId of the role that everybody holds. */
  readonly baseRole: string;
}

export interface HoldersRequest {
  readonly request: PermissionRequest | UrlRequest;
  /** Without a subject: whatever a condition asks about the person counts as possible. */
  readonly context: DecisionContext;
  readonly work: LongWork;
}

export type FindPossibleHolders = (tenantId: string, asked: HoldersRequest, session: ClientSession) => Promise<PossibleHolders>;

/** Creates the function that finds what could allow a request, so that no other users are read. */
export function createFindPossibleHolders(
  { registry, readGrantSources, readMembershipsOn, areProvided, baseRole }: PossibleHoldersDeps,
): FindPossibleHolders {
  return async (tenantId, { request, context, work }, session) => {
    const asked = withoutPermission(request);
    const possible = { role: new Set<string>(), group: new Set<string>() };
    for (const { kind, id, granted } of await readGrantSources(tenantId, session)) {
      if (work.isDue()) await work.pause();
      const allows = compileGrants(registry(), grantSetOf(granted.filter((grant) => !isDeny(grant))));
      if (mightBeAllowed(allows, asked, context)) possible[kind].add(id);
    }
    const resource = resourceOf(request);
    const memberships = resource === undefined ? [] : await readMembershipsOn(tenantId, namesAbove(resource), session);
    // A membership gives no right to a URL, only the permission that a URL may need besides.
    const byMembership = 'endpoint' in request ? [] : memberships.filter(({ roleId }) => possible.role.has(roleId));
    const roleIds = [...possible.role];
    const throughProviders = roleIds.length > 0 && await areProvided(tenantId, roleIds, session);
    return {
      marks: possible.role.has(baseRole) ? null : {
        roleIds, groupIds: [...possible.group], userIds: userIdsOf(byMembership), ...(throughProviders && { throughProviders }),
      },
      members: userIdsOf(memberships),
    };
  };
}

function isDeny(grant: Grant): boolean {
  return grant.kind === 'policy' && grant.policy.effect === 'deny';
}

/** The same URL without the permission that it needs besides the right, which may come from another role. */
function withoutPermission(request: PermissionRequest | UrlRequest): PermissionRequest | UrlRequest {
  if (!('endpoint' in request)) return request;
  const { permission: _permission, ...endpoint } = request.endpoint;
  return { ...request, endpoint };
}

function resourceOf(request: PermissionRequest | UrlRequest): string | undefined {
  if (!('endpoint' in request)) return request.resource;
  const { endpoint, path = endpoint.url } = request;
  return endpoint.permission?.requestOf(path).resource;
}

/** The names of a resource and of all above it; null if stored names may spell them in other ways (composed and decomposed letters). */
function namesAbove(resource: string): readonly string[] | null {
  if (!/^[\x00-\x7f]*$/.test(resource)) return null;
  const parts = splitResource(resource) ?? [];
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
}

function userIdsOf(memberships: readonly { readonly userId: string }[]): string[] {
  return [...new Set(memberships.map(({ userId }) => userId))].sort();
}
