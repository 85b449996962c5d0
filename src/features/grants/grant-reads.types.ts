import type { CallerNowDeps } from './caller-now.ts';
import type { EachPrincipalDeps } from './each-principal.ts';
import type { GrantResolverDeps } from './grant-resolver.ts';
import type { PrincipalsOfRoleDeps } from './role-principals.ts';

/** What grants read of roles, groups, memberships, users and clients. */
export interface GrantReads extends
  Pick<GrantResolverDeps, 'readRoles' | 'readGroups' | 'readMemberships'>,
  Pick<EachPrincipalDeps, 'readUsersAfter'>,
  Omit<PrincipalsOfRoleDeps, 'baseRole' | 'clock'> {
  readonly lockUser: CallerNowDeps['lock'];
  readonly lockClient: CallerNowDeps['lock'];
  /** The name of the collection of users, which tells several Gatehouses of one database apart. */
  readonly usersCollection: string;
}
