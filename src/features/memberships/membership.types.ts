import type { Delegation, GrantResolver } from '../grants/grants.types.ts';

/** The rules of delegation for those who change memberships. Inside a transaction, `session` names it. */
export type MembershipDelegation = Pick<Delegation, 'requireMayActOn' | 'rolesOf' | 'withDelegationCheck'>;

/** A user's effective grants. Inside a transaction, `session` names it. */
export type GrantsOfUser = GrantResolver['resolveGrants'];
