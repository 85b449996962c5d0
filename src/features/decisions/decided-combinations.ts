import { createCompiler } from '../../engine/grants/compile-once.ts';
import { mightBeAllowed } from '../../engine/partial-decision.ts';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Combination, Combinations, GrantResolver, HolderMarks } from '../grants/grants.types.ts';
import { decideRequest } from './decide-request.ts';
import type { HoldersRequest, PossibleHolders } from './possible-holders.ts';

/** What is decided about all users with equal roles and groups at once. */
export interface DecidedCombinations {
  /** How many users are allowed, by grants without a condition about the person. */
  readonly allowed: number;
  /** Roles and groups whose holders are all refused. */
  readonly refused: readonly Combination[];
  /** Whether a condition asks about the person, so that some users must be decided one by one. */
  readonly isOpen: boolean;
  /** Whether there are users who are left out here: with memberships on the resource, identities, or roles that have times. */
  readonly hasOthers: boolean;
}

export interface DecidedCombinationsDeps extends Pick<GrantResolver, 'resolveGrantsOfAll'> {
  readonly registry: () => UrlRegistry;
  readonly countCombinations: (
    tenantId: string, holders: { readonly marks: HolderMarks | null; readonly without: readonly string[] }, session: ClientSession,
  ) => Promise<Combinations>;
}

export type DecideCombinations = (
  tenantId: string, asked: HoldersRequest, holders: PossibleHolders, session: ClientSession,
) => Promise<DecidedCombinations>;

/** How many combinations are resolved together. */
const batch = 500;

/**
 * Creates the function that decides once for all users with equal roles and groups.
 *
 * Without a subject, a decision is refused by each fact that is missing, and a partial decision is allowed by it. If the first allows,
 * everybody is allowed. If the second refuses, nobody is. Users with memberships on the resource, those with identities, and those
 * whose roles have times are left out.
 */
export function createDecideCombinations(
  { registry, resolveGrantsOfAll, countCombinations }: DecidedCombinationsDeps,
): DecideCombinations {
  return async (tenantId, { request, context, work }, { marks, members }, session) => {
    const { combinations, hasOthers } = await countCombinations(tenantId, { marks, without: members }, session);
    const grantsOf = createCompiler(registry());
    const refused: Combination[] = [];
    let [allowed, isOpen] = [0, false];
    for (let from = 0; from < combinations.length; from += batch) {
      const some = combinations.slice(from, from + batch);
      const holders = some.map((combination, index) => ({ ...combination, _id: `combination ${from + index}`, tenantId }));
      for (const { principal, granted } of await resolveGrantsOfAll(tenantId, holders, session)) {
        if (work.isDue()) await work.pause();
        const grants = grantsOf(granted);
        if (decideRequest(grants, request, context).allowed) allowed += principal.count;
        else if (mightBeAllowed(grants, request, context)) isOpen = true;
        else refused.push(principal);
      }
    }
    return { allowed, refused, isOpen, hasOthers: hasOthers || members.length > 0 };
  };
}
