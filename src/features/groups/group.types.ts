import type { Delegation, GrantResolver } from '../grants/grants.types.ts';

/** The rules of delegation for those who change groups. Inside a transaction, `session` names it. */
export type GroupDelegation = Pick<Delegation, 'requireMayActOn' | 'requireMayChangeEach' | 'withDelegationCheck'>;

/** What these groups give, without what everybody holds. */
export type GrantsOfGroups = GrantResolver['resolveAssigned'];
