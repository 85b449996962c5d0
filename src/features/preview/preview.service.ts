import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { Caller } from '../../engine/caller.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { readCursor, writeCursor } from '../../platform/database/queries/page.ts';
import type { ListName, PageRequest } from '../../platform/database/queries/page.ts';
import type { RequestFacts } from '../../http/route/define-route.ts';
import type { EachHolder, HolderMarks } from '../grants/grants.types.ts';
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
  readonly eachHolder: EachHolder;
  readonly marksOfRoles: (tenantId: string, roleIds: readonly string[], session: ClientSession) => Promise<HolderMarks | null>;
}

/** Maximum number of grants in one page, unless one user alone has more. */
const maxThings = 10_000;
/** How many users are looked up by their ids at once. */
const batch = 5_000;

/** Creates the preview. It runs the real calls in a transaction that is rolled back, and compares the grants before and after. */
export function createPreview({ registry, changes, runCalls, eachHolder, marksOfRoles }: PreviewDeps): Preview {
  async function marksOf(tenantId: string, reach: Reach, session: ClientSession): Promise<HolderMarks | null> {
    if (reach === null) return null;
    const marks = await marksOfRoles(tenantId, [...reach.roleIds], session);
    return marks && {
      ...marks, groupIds: [...marks.groupIds, ...reach.groupIds], userIds: [...new Set([...marks.userIds, ...reach.userIds])],
    };
  }

  /** Compares the grants of the users in reach. The calls may reach more users, and `differenceOf` then repeats them. */
  async function differenceWithin(reach: Reach, tenantId: string, session: ClientSession, runAll: () => Promise<void>) {
    const activeGrantsOf = createActiveGrants(registry());
    const read = async (marks: HolderMarks | null, into = new Map<string, ActiveGrants>()) => {
      for await (const { principal, granted } of eachHolder(tenantId, marks, session)) into.set(principal._id, activeGrantsOf(granted));
      return into;
    };
    const marks = await marksOf(tenantId, reach, session);
    const before = await read(marks);
    await runAll();
    const after = await read(marks);
    // Users who have lost the marks, because a role or a group was deleted.
    const others = [...before.keys()].filter((userId) => !after.has(userId));
    for (let from = 0; from < others.length; from += batch) {
      await read({ roleIds: [], groupIds: [], userIds: others.slice(from, from + batch) }, after);
    }
    return compareGrants(before, after);
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
