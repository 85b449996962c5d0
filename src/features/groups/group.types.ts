import type { Delegation, GrantResolver } from '../grants/grants.types.ts';

/** The rules of delegation for changes of groups. */
export type GroupDelegation = Pick<Delegation, 'requireMayActOn' | 'requireMayChangeEach' | 'withDelegationCheck'>;

/** Finds the grants of groups, without the grants that every caller has. */
export type GrantsOfGroups = GrantResolver['resolveAssigned'];
