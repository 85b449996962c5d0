import type { ClientSession } from '../../../platform/database/session.ts';
import type { EachPrincipal, GrantResolver, PrincipalFilter, SessionPrincipal } from '../grants.types.ts';

export interface EachPrincipalDeps extends Pick<GrantResolver, 'resolveGrantsOfAll'> {
  /** The next users of a tenant in the order of their ids. */
  readonly readUsersAfter: (
    tenantId: string, after: string, most: number, filter?: PrincipalFilter, session?: ClientSession,
  ) => Promise<SessionPrincipal[]>;
}

/** How many users are read together. */
const batch = 500;

/** Creates the function that goes through all users in batches, so that they need not fit into memory. */
export function createEachPrincipal({ readUsersAfter, resolveGrantsOfAll }: EachPrincipalDeps): EachPrincipal {
  return async function* eachPrincipal(tenantId, { after = '', first = batch, session, ...filter } = {}) {
    let most = Math.min(first, batch);
    for (let last: string | undefined = after; last !== undefined;) {
      const users: SessionPrincipal[] = await readUsersAfter(tenantId, last, most, filter, session);
      yield* await resolveGrantsOfAll(tenantId, users, session);
      last = users.length < most ? undefined : users.at(-1)?._id;
      most = batch;
    }
  };
}
