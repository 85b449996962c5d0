import type { ClientSession } from '../../platform/database/session.ts';
import type { EachPrincipal, GrantResolver, SessionPrincipal } from './grants.types.ts';

export interface EachPrincipalDeps extends Pick<GrantResolver, 'resolveGrantsOfAll'> {
  /** The next users of a tenant in the order of their ids, of these ids alone if they are named. */
  readonly readUsersAfter: (
    tenantId: string, after: string, most: number, userIds?: readonly string[], session?: ClientSession,
  ) => Promise<SessionPrincipal[]>;
}

/** Users that are read together. */
const batch = 500;

/** Creates the way through all users, batch by batch, so that they need not fit into memory at once. */
export function createEachPrincipal({ readUsersAfter, resolveGrantsOfAll }: EachPrincipalDeps): EachPrincipal {
  return async function* eachPrincipal(tenantId, { after = '', userIds, session } = {}) {
    for (let last: string | undefined = after; last !== undefined;) {
      const users: SessionPrincipal[] = await readUsersAfter(tenantId, last, batch, userIds, session);
      yield* await resolveGrantsOfAll(tenantId, users, session);
      last = users.length < batch ? undefined : users.at(-1)?._id;
    }
  };
}
