import type { Caller } from '../../engine/caller.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { UserDelegation } from '../users/user.types.ts';

/** The rules of delegation for those who change groups. Inside a transaction, `session` names it. */
export interface GroupDelegation extends UserDelegation {
  /** Does work that changes what `read` answers, if the caller could give it before and after. Throws `grants-exceed-own`. */
  withDelegationCheck<T>(
    caller: Caller, read: () => Promise<{ readonly granted: readonly Grant[] }>, work: () => Promise<T>, session?: ClientSession,
  ): Promise<T>;
}

/** What these groups give, without what everybody holds. */
export type GrantsOfGroups = (
  tenantId: string, assigned: { readonly groups: readonly string[] }, session?: ClientSession,
) => Promise<Grant[]>;
