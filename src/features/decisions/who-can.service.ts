import type { Attributes, DecisionContext } from '../../engine/policies/decision-context.types.ts';
import { mightBeAllowed } from '../../engine/partial-decision.ts';
import { createCompiler } from '../../engine/grants/compile-once.ts';
import { decide, decideUrl } from '../../engine/decide.ts';
import type { UrlRequest } from '../../engine/decide.ts';
import { explain } from '../../engine/explain.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { CompiledGrants } from '../../engine/grants/compiled-grants.ts';
import { memberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { PermissionRequest } from '../../engine/policies/permission-request.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { EachPrincipal, SessionPrincipal } from '../grants/grants.types.ts';
import type { BeginLongWork } from './long-work.ts';

/** A user who is allowed, and the grant that allows it; null for a simple URL, which is open to all. */
export interface WhoCan {
  readonly user: SessionPrincipal;
  readonly by: Grant | null;
}

export interface WhoCanPage {
  readonly items: WhoCan[];
  /** The userId after which the next page begins; null if all users were checked. */
  readonly after: string | null;
  /** False if unknown attributes of the resource, or the unknown address, could allow a user who is left out here. */
  readonly isCertain: boolean;
  /** Number of patterns and conditions that were compared. */
  readonly comparisons: number;
}

export interface WhoCanRequest {
  readonly request: PermissionRequest | UrlRequest;
  readonly attributes?: Attributes;
  readonly limit: number;
  readonly after?: string;
}

/** Finds the active users who may do something. */
export type FindWhoCan = (tenantId: string, request: WhoCanRequest) => Promise<WhoCanPage>;

/** Maximum number of users that one call checks. */
const maxSeen = 10_000;

export interface WhoCanDeps {
  readonly registry: () => UrlRegistry;
  readonly clock: () => number;
  readonly eachPrincipal: EachPrincipal;
  readonly beginLongWork: BeginLongWork;
  readonly attributesOf: (user: SessionPrincipal, roles: readonly string[], memberships: MemberOf) => Attributes;
}

export function createFindWhoCan({ registry, clock, eachPrincipal, beginLongWork, attributesOf }: WhoCanDeps): FindWhoCan {
  return async (tenantId, { request, attributes, limit, after }) => {
    const items: WhoCan[] = [];
    const grantsOf = createCompiler(registry());
    const meter = { comparisons: 0 };
    const work = beginLongWork();
    let isCertain = true;
    let seen = 0;
    for await (const { principal: user, granted, memberships } of eachPrincipal(tenantId, after === undefined ? {} : { after })) {
      seen += 1;
      if (work.isDue()) await work.pause();
      // Compiling the grants takes time, and the decision does too, so check for a pause after each.
      const grants = user.isActive ? grantsOf(granted) : undefined;
      if (work.isDue()) await work.pause();
      const now = clock();
      const subject = attributesOf(user, rolesAt(user, now), memberOf(memberships));
      const context = { now, tenantId, subject, ...(attributes && { resource: attributes }), meter };
      if (grants) {
        if (isAllowed(grants, request, context)) items.push(
          { user, by: explain(registry(), granted, request, context, grants).causes[0] ?? null },
        );
        else isCertain &&= !mightBeAllowed(grants, request, context);
      }
      if (items.length === limit || seen === maxSeen) return { items, after: user._id, isCertain, ...meter };
    }
    return { items, after: null, isCertain, ...meter };
  };
}

function isAllowed(grants: CompiledGrants, request: PermissionRequest | UrlRequest, context: DecisionContext): boolean {
  return ('endpoint' in request ? decideUrl(grants, request, context) : decide(grants, request, context)).allowed;
}
