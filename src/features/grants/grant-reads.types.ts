import type { CallerNowDeps } from './caller-now.ts';
import type { EachPrincipalDeps } from './each-principal.ts';
import type { GrantResolverDeps } from './grant-resolver.ts';
import type { PrincipalsOfRoleDeps } from './role-principals.ts';

/** The queries of grants about roles, groups, memberships, users and clients. */
export interface GrantReads extends
  Pick<GrantResolverDeps, 'readRoles' | 'readGroups' | 'readMemberships'>,
  Pick<EachPrincipalDeps, 'readUsersAfter'>,
  Omit<PrincipalsOfRoleDeps, 'baseRole' | 'clock'> {
  readonly lockUser: CallerNowDeps['lock'];
  readonly lockClient: CallerNowDeps['lock'];
  /** The name of the collection of users, which differs between Gatehouses that share a database. */
  readonly usersCollection: string;
}
