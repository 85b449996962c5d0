import type { EachHolder, GrantResolver, ResolvedAssignments } from '../grants.types.ts';
import type { ReadHolders } from './role-principals.ts';

export interface EachHolderDeps extends Pick<GrantResolver, 'resolveGrantsOfAll'> {
  readonly readUserHolders: ReadHolders;
}

/** How many users are read together. They are small, because only the fields that decide the grants are read. */
const batch = 5_000;

/** Creates the function that goes through the users with certain marks. */
export function createEachHolder({ readUserHolders, resolveGrantsOfAll }: EachHolderDeps): EachHolder {
  return async function* eachHolder(tenantId, marks, session) {
    const known = new Map<string, ResolvedAssignments>();
    for (let last: string | undefined = ''; last !== undefined;) {
      const users = await readUserHolders(tenantId, marks, { after: last, most: batch }, session);
      yield* await resolveGrantsOfAll(tenantId, users, session, known);
      last = users.length < batch ? undefined : users.at(-1)?._id;
    }
  };
}
