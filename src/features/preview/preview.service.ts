import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { Caller } from '../../engine/caller.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { readCursor, writeCursor } from '../../platform/database/queries/page.ts';
import type { ListName, PageRequest } from '../../platform/database/queries/page.ts';
import type { RequestFacts } from '../../http/route/define-route.ts';
import type { Assigned, GrantResolver, HolderMarks, ReadAssignments } from '../grants/grants.types.ts';
import { compareGrants, createActiveGrants } from './grants-difference.ts';
import type { ActiveGrants, Difference, GrantsChange, SummaryRow } from './grants-difference.ts';
import type { RunCalls, PreviewedCall } from './previewed-calls.ts';
import { isLarger, nobody, reachOf } from './reach.ts';
import type { Reach } from './reach.ts';

export interface PreviewPage {
  /** What users gain and lose, of all pages. */
  readonly summary: readonly SummaryRow[];
  /** How many users gain or lose something. */
  readonly users: number;
  readonly items: readonly ({ readonly userId: string } & GrantsChange)[];
  readonly nextCursor: string | null;
}

/**
 * Answers what users would gain and lose by calls that follow each other, and changes nothing.
 *
 * Throws `not-previewable`. Throws `right-missing`, `permission-missing` or `policy-denies` if the caller may not make a call, and every
 * error of the calls themselves. Throws `invalid-input` for a cursor of other calls.
 */
export type Preview = (
  caller: Caller, calls: readonly PreviewedCall[], page: PageRequest, request: RequestFacts,
) => Promise<PreviewPage>;

export interface PreviewDeps {
  readonly registry: () => UrlRegistry;
  readonly changes: Pick<ChangeService, 'rehearse'>;
  readonly runCalls: RunCalls;
  readonly readAssignments: ReadAssignments;
  readonly resolveEachAssigned: GrantResolver['resolveEachAssigned'];
  readonly marksOfRoles: (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<HolderMarks | null>;
  /** The users with an identity of one of these providers. */
  readonly readLinkedUsers: (tenantId: string, providerIds: readonly string[], session: ClientSession) => Promise<string[]>;
  /** The users who have one of these roles on a resource. */
  readonly readMembersOfRoles: (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<string[]>;
}

/** Maximum number of grants in one page, unless one user alone has more. */
const maxThings = 10_000;

/** Creates the preview. It runs the real calls in a transaction that is rolled back, and compares the grants before and after. */
export function createPreview(
  { registry, changes, runCalls, readAssignments, resolveEachAssigned, marksOfRoles, readLinkedUsers, readMembersOfRoles }: PreviewDeps,
): Preview {
  /** The users whose grants can change, and those of them whose assignments can change. */
  async function marksOf(tenantId: string, reach: Reach, session: ClientSession) {
    const linked = reach.providerIds.size > 0 ? await readLinkedUsers(tenantId, [...reach.providerIds], session) : [];
    const members = await readMembersOfRoles(tenantId, [...reach.roleIds], session);
    const reassigned = [...new Set([...reach.userIds, ...linked, ...members])];
    const marks = reach.isEverybody ? null : await marksOfRoles(tenantId, [...reach.roleIds], session);
    return {
      reassigned,
      marks: marks && {
        ...marks, groupIds: [...new Set([...marks.groupIds, ...reach.groupIds])], userIds: [...new Set([...marks.userIds, ...reassigned])],
      },
    };
  }

  /** Compares the grants of the users in reach. The calls may reach more users, and `differenceOf` then repeats them. */
  async function differenceWithin(reach: Reach, tenantId: string, session: ClientSession, runAll: () => Promise<void>) {
    const activeGrantsOf = createActiveGrants(registry());
    const resolve = async (assignments: ReadonlyMap<string, Assigned>) => {
      const distinct = [...new Set(assignments.values())];
      const granted = await resolveEachAssigned(tenantId, distinct, session);
      return new Map(granted.map((each, index) => [distinct[index], activeGrantsOf(each)]));
    };
    const grantsOf = (assignments: ReadonlyMap<string, Assigned>, resolved: ReadonlyMap<Assigned | undefined, ActiveGrants>) => (
      (userId: string) => resolved.get(assignments.get(userId)) ?? new Map<string, never>());

    const { marks, reassigned } = await marksOf(tenantId, reach, session);
    const before = await readAssignments(tenantId, marks, session);
    const held = await resolve(before);
    await runAll();
    // The others keep their assignments: a role or a group that was deleted gives nothing any more.
    // A change that reaches everybody may change the role that providers give where nothing else matches.
    const changed = await readAssignments(
      tenantId, { roleIds: [], groupIds: [], userIds: reassigned, throughProviders: reach.isEverybody }, session,
    );
    const after = new Map([...before, ...changed]);
    return compareGrants([...before.keys()], grantsOf(before, held), grantsOf(after, await resolve(after)));
  }

  /** Runs the calls once to learn which users they reach, and again to compare the grants of these users. */
  async function differenceOf(caller: Caller, calls: readonly PreviewedCall[], request: RequestFacts): Promise<Difference> {
    for (let reach = nobody;;) {
      const known = reach;
      const { result, changes: recorded } = await changes.rehearse((session) => (
        differenceWithin(known, caller.tenantId, session, () => runCalls(caller, calls, request, session))));
      reach = reachOf(recorded, known);
      if (!isLarger(reach, known)) return result;
    }
  }

  return async (caller, calls, { limit, cursor }, request) => {
    const list: ListName = ['preview', caller.tenantId, calls];
    const last = cursor === undefined ? '' : readCursor(list, cursor, 'body.cursor');
    const { summary, users } = await differenceOf(caller, calls, request);
    const left = users.filter(([userId]) => userId > last);
    const page = left.slice(0, fitting(left, limit));
    const end = page.at(-1);
    return {
      summary, users: users.length, items: page.map(([userId, change]) => ({ userId, ...change })),
      nextCursor: end && page.length < left.length ? writeCursor(list, end[0]) : null,
    };
  };
}

/** How many of these users fit into one page. */
function fitting(users: Difference['users'], limit: number): number {
  let [count, things] = [0, 0];
  for (const [, { gained, lost }] of users.slice(0, limit)) {
    things += gained.length + lost.length;
    if (count > 0 && things > maxThings) break;
    count += 1;
  }
  return count;
}
