import type { Caller } from '../../engine/caller.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Grantee, UserDelegation } from '../users/user.types.ts';

/** The rules of delegation for those who change memberships. Inside a transaction, `session` names it. */
export interface MembershipDelegation extends Pick<UserDelegation, 'requireMayActOn'> {
  /** The roles that a user has, now or later. */
  rolesOf(user: Grantee): string[];
  /**
   * Does work that changes what `read` answers, if the caller could give it before and after; `roles` are those of the user.
   *
   * Throws `grants-exceed-own`.
   */
  withDelegationCheck<T>(
    caller: Caller, read: () => Promise<{ readonly granted: readonly Grant[]; readonly roles: readonly string[] }>,
    work: () => Promise<T>, session?: ClientSession,
  ): Promise<T>;
}

/** A user's effective grants. Inside a transaction, `session` names it. */
export type GrantsOfUser = (user: Grantee, session?: ClientSession) => Promise<{ readonly granted: readonly Grant[] }>;
