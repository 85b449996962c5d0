import type { CallerNowDeps } from './caller-now.ts';
import type { EachPrincipalDeps } from './holders/each-principal.ts';
import type { GrantResolverDeps } from './grant-resolver.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { GrantSourcesDeps } from './grant-sources.ts';
import type { Combinations, GrantingMembership, HolderMarks } from './grants.types.ts';
import type { ReadAssignmentsDeps } from './holders/assignments.ts';
import type { MarksOfRolesDeps } from './holders/marks-of-roles.ts';
import type { PrincipalsOfRoleDeps } from './holders/role-principals.ts';

/** The queries of grants about roles, groups, memberships, users and clients. */
export interface GrantReads extends
  Pick<GrantResolverDeps, 'readRoles' | 'readGroups' | 'readMemberships' | 'readProvided'>,
  Pick<EachPrincipalDeps, 'readUsersAfter'>,
  Pick<GrantSourcesDeps, 'readAllRoles' | 'readAllGroups'>,
  Omit<MarksOfRolesDeps, 'baseRole'>,
  Pick<ReadAssignmentsDeps, 'readEveryUserHolder'>,
  Pick<PrincipalsOfRoleDeps, 'readUserHolders' | 'readClientHolders'> {
  /** The memberships on one of these resources; with `resources` null, all memberships. */
  readonly readMembershipsOn: (
    tenantId: string, resources: readonly string[] | null, session: ClientSession,
  ) => Promise<readonly GrantingMembership[]>;
  /** Counts the active holders by their roles and groups, without those with the ids of `without`. */
  readonly countCombinations: (
    tenantId: string, holders: { readonly marks: HolderMarks | null; readonly without: readonly string[] }, session: ClientSession,
  ) => Promise<Combinations>;
  /** The tenantId of a user; null if there is no such user. For calls from the code of a host, which name no tenant. */
  readonly tenantOfUser: (userId: string) => Promise<string | null>;
  readonly lockUser: CallerNowDeps['lock'];
  readonly lockClient: CallerNowDeps['lock'];
  /** The name of the collection of users, which differs between Gatehouses that share a database. */
  readonly usersCollection: string;
}
