import type { Delegation, GrantResolver } from '../grants/grants.types.ts';

/** The rules of delegation for changes of memberships. */
export type MembershipDelegation = Pick<Delegation, 'requireMayActOn' | 'rolesOf' | 'withDelegationCheck'>;

/** Finds the effective grants of a user. With `session`, inside its transaction. */
export type GrantsOfUser = GrantResolver['resolveGrants'];
