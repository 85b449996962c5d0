import { explain } from '../../engine/explain.ts';
import type { UrlRequest } from '../../engine/decide.ts';
import { createCompiler } from '../../engine/grants/compile-once.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import { memberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import { mightBeAllowed } from '../../engine/partial-decision.ts';
import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import type { PermissionRequest } from '../../engine/policies/permission-request.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { EachPrincipal, PrincipalFilter, SessionPrincipal } from '../grants/grants.types.ts';
import { decideRequest } from './decide-request.ts';
import type { DecideCombinations, DecidedCombinations } from './decided-combinations.ts';
import type { BeginLongWork } from './long-work.ts';
import type { FindPossibleHolders, HoldersRequest, PossibleHolders } from './possible-holders.ts';

/** A user who is allowed, and the grant that allows it; null for a simple URL, which is open to all. */
export interface WhoCan {
  readonly user: SessionPrincipal;
  readonly by: Grant | null;
}

export interface WhoCanPage {
  readonly items: WhoCan[];
  /** The userId after which the next page begins; null if there are no more. */
  readonly after: string | null;
  /** False if unknown attributes of the resource, or the unknown address, could allow a user who is left out here. */
  readonly isCertain: boolean;
  /** How many users are allowed, up to 10,000. */
  readonly count: number;
  /** Number of patterns and conditions that were compared. */
  readonly comparisons: number;
}

export interface WhoCanRequest {
  readonly request: PermissionRequest | UrlRequest;
  readonly attributes?: Attributes;
  readonly limit: number;
  readonly after?: string;
  /** The count of the first page; it is not counted again. */
  readonly count?: number;
}

/** Finds the active users who may do something. */
export type FindWhoCan = (tenantId: string, request: WhoCanRequest) => Promise<WhoCanPage>;

/** Users are counted up to this number. */
const maxCount = 10_000;
/** The longest list of roles and groups that a query leaves out. */
const maxLeftOut = 200;

export interface WhoCanDeps {
  readonly registry: () => UrlRegistry;
  readonly clock: () => number;
  readonly eachPrincipal: EachPrincipal;
  readonly beginLongWork: BeginLongWork;
  readonly attributesOf: (user: SessionPrincipal, roles: readonly string[], memberships: MemberOf) => Attributes;
  readonly findPossibleHolders: FindPossibleHolders;
  readonly decideCombinations: DecideCombinations;
  /** Maximum number of users whom one call decides about one by one. 100,000 by default. */
  readonly maxSeen?: number;
  /** Runs work whose reads are all of one moment. */
  readonly inSnapshot: <T>(work: (session: ClientSession) => Promise<T>) => Promise<T>;
}

/**
 * Creates the search for the users who are allowed.
 *
 * It finds the roles, groups and memberships that could allow, decides once for all users with equal roles and groups, and reads only
 * users who could be allowed.
 */
export function createFindWhoCan({
  registry, clock, eachPrincipal, beginLongWork, attributesOf, findPossibleHolders, decideCombinations, inSnapshot,
  maxSeen = 100_000,
}: WhoCanDeps): FindWhoCan {
  /** Decides about users one by one, in the order of their ids. */
  async function* decideEach(tenantId: string, { request, context, work }: HoldersRequest, filter: Parameters<EachPrincipal>[1]) {
    const grantsOf = createCompiler(registry());
    for await (const { principal: user, granted, memberships } of eachPrincipal(tenantId, filter)) {
      if (work.isDue()) await work.pause();
      // Compiling the grants takes time, and the decision does too, so check for a pause after each.
      const grants = user.isActive ? grantsOf(granted) : undefined;
      if (work.isDue()) await work.pause();
      const own = { ...context, subject: attributesOf(user, rolesAt(user, context.now), memberOf(memberships)) };
      const allowed = grants !== undefined && decideRequest(grants, request, own).allowed;
      yield {
        user, allowed, mightBe: grants !== undefined && !allowed && mightBeAllowed(grants, request, own),
        cause: () => (grants && explain(registry(), granted, request, own, grants).causes[0]) ?? null,
      };
    }
  }

  async function countAllowed(
    tenantId: string, asked: HoldersRequest, { marks, members }: PossibleHolders, { allowed, isOpen, hasOthers }: DecidedCombinations,
    session: ClientSession,
  ): Promise<number> {
    const filter = { marks, session, ...(!isOpen && { special: members }) };
    let count = isOpen ? 0 : allowed;
    if (count >= maxCount || (!isOpen && !hasOthers)) return Math.min(count, maxCount);
    for await (const decided of decideEach(tenantId, asked, filter)) {
      if (decided.allowed) count += 1;
      if (count === maxCount) break;
    }
    return count;
  }

  return (tenantId, { request, attributes, limit, after, count: known }) => inSnapshot(async (session) => {
    const meter = { comparisons: 0 };
    const context = { now: clock(), tenantId, ...(attributes && { resource: attributes }), meter };
    const asked = { request, context, work: beginLongWork() };
    const holders = await findPossibleHolders(tenantId, asked, session);
    const combinations = await decideCombinations(tenantId, asked, holders, session);
    const count = known ?? await countAllowed(tenantId, asked, holders, combinations, session);
    const items: WhoCan[] = [];
    let isCertain = true;
    let seen = 0;
    const filter = { ...candidates(holders, combinations), first: limit, session, ...(after !== undefined && { after }) };
    for await (const { user, allowed, mightBe, cause } of decideEach(tenantId, asked, filter)) {
      seen += 1;
      if (allowed) items.push({ user, by: cause() });
      isCertain &&= !mightBe;
      if (items.length === limit || seen === maxSeen) return { items, after: user._id, isCertain, count, ...meter };
    }
    return { items, after: null, isCertain, count, ...meter };
  });
}

/** Everybody who could be allowed, without those whose roles and groups are refused. */
function candidates({ marks, members }: PossibleHolders, { refused }: DecidedCombinations): PrincipalFilter {
  return { marks, ...(refused.length > 0 && refused.length <= maxLeftOut && { leftOut: { combinations: refused, special: members } }) };
}
