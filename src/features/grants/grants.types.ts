import type { Caller } from '../../engine/caller.ts';
import type { GivingMembership, GivingProvided } from '../../engine/grants/collect-grants.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { DelegatedGrants } from '../../engine/grants/may-delegate-to.ts';
import type { RoleTimes } from '../../engine/grants/role-times.ts';
import type { ClientSession } from '../../platform/database/session.ts';

/** The part of a user or client that decides which grants they have. */
export interface Principal {
  readonly _id: string;
  readonly tenantId: string;
  /** roleIds */
  readonly roles: readonly string[];
  /** The times of roles that do not always count. */
  readonly roleTimes?: readonly RoleTimes[];
  /** groupIds */
  readonly groups?: readonly string[];
  /** Whether an identity of a provider is linked to the user, so that a provider may give roles. */
  readonly hasIdentities?: boolean;
}

/** A principal with the fields that sessions need. For a client, `username` is its name. */
export interface SessionPrincipal extends Principal {
  readonly isActive: boolean;
  /** Raised by every change of roles or status. */
  readonly accessVersion: number;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** A principal's effective grants at a moment. */
export interface EffectiveGrants {
  /** The roles that exist and count: first the assigned ones in their order, then those of groups, then those that providers give. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** The types of these roles, of the role that everybody holds, and of all inherited roles, sorted. Roles of memberships are left out. */
  readonly roleTypes: readonly string[];
  /** The resources of all memberships, without duplicates, sorted. */
  readonly memberships: readonly string[];
  readonly granted: readonly Grant[];
  /** When the grants change, because an assignment starts or ends; null if they do not. */
  readonly changesAt: Date | null;
}

/** The effective grants of one of many principals. */
export type EffectiveGrantsOf<H extends Principal> = EffectiveGrants & { readonly principal: H };

/** Assignments, by id. */
export interface Assigned {
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly memberships?: readonly GivingMembership[];
  readonly provided?: readonly GivingProvided[];
}

/**
 * Reads the roles that active identity providers give these users, by userId, sorted by provider and role. A user to whom they give
 * nothing is left out.
 */
export type ReadProvided = (
  tenantId: string, userIds: readonly string[], session?: ClientSession,
) => Promise<ReadonlyMap<string, readonly GivingProvided[]>>;

/** A role that a user has on one resource. */
export interface GrantingMembership {
  readonly _id: string;
  readonly userId: string;
  readonly resource: string;
  readonly roleId: string;
}

/** Resolves grants. `session` names a transaction; what it wrote before is read. */
export interface GrantResolver {
  /** The effective grants of a principal. */
  resolveGrants(principal: Principal, session?: ClientSession): Promise<EffectiveGrants>;
  /** The same for many principals of one tenant, in their order. It takes as many queries as for one. */
  resolveGrantsOfAll<H extends Principal>(
    tenantId: string, principals: readonly H[], session?: ClientSession,
  ): Promise<EffectiveGrantsOf<H>[]>;
  /** The grants of these assignments, without the grants that everybody holds. */
  resolveAssigned(tenantId: string, assigned: Assigned, session?: ClientSession): Promise<Grant[]>;
  /** The same for each of many, in their order. It takes as many queries as for one. */
  resolveEachAssigned(tenantId: string, each: readonly Assigned[], session?: ClientSession): Promise<Grant[][]>;
  /** The grants that everybody holds. */
  baselineGrants(tenantId: string, session?: ClientSession): Promise<Grant[]>;
}

export type ResolveGrants = GrantResolver['resolveGrants'];

/** A principal is a holder if they have one of these roles or groups, or one of these ids. */
export interface HolderMarks {
  /** Whether a provider may give one of the roles, so that every user with identities may be a holder. */
  readonly throughProviders?: boolean;
  readonly roleIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly userIds: readonly string[];
}

/** Which users are meant; without any field, all users of the tenant. */
export interface PrincipalFilter {
  readonly userIds?: readonly string[];
  /** null: all users. */
  readonly marks?: HolderMarks | null;
  /**
   * Only users whose grants do not follow from roles and groups alone: those whose roles have times, those with identities, and those
   * with these ids.
   */
  readonly special?: readonly string[];
  /** Users with these roles and groups are not meant, unless they are special. */
  readonly leftOut?: { readonly combinations: readonly Omit<Combination, 'count'>[]; readonly special: readonly string[] };
}

/** Goes through the users of a tenant in the order of their ids. It starts after the id `after`, and reads `first` users at first. */
export type EachPrincipal = (
  tenantId: string, options?: PrincipalFilter & { readonly after?: string; readonly first?: number; readonly session?: ClientSession },
) => AsyncGenerator<EffectiveGrantsOf<SessionPrincipal>>;

/**
 * Reads what is assigned at this moment to the users with these marks, by userId, in the order of their ids; null: all users.
 *
 * It includes the role that everybody holds. Equal assignments are one object.
 */
export type ReadAssignments = (
  tenantId: string, marks: HolderMarks | null, session: ClientSession,
) => Promise<Map<string, Assigned>>;

/** The combinations of roles and groups that active users have. */
export interface Combinations {
  readonly combinations: readonly Combination[];
  /** Whether some users are in no combination, because their roles have times, or because they have identities. */
  readonly hasOthers: boolean;
}

/** Equal roles and groups of active users, and how many users have them. */
export interface Combination {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly count: number;
}

/** A role or a group with the grants that it gives, also by the roles that it inherits or contains. */
export interface GrantSource {
  readonly kind: 'role' | 'group';
  readonly id: string;
  readonly granted: readonly Grant[];
}

/**
 * The rules of delegation: callers cannot give, take away or edit grants that they do not hold themselves. Roles that start later
 * count as active for everybody except the caller.
 *
 * `session` names a transaction. The caller is then read again and locked: if two callers take each other's rights at once, one of
 * them fails. With a transaction, all functions may also throw `session-ended` and `user-disabled`.
 */
export interface Delegation {
  /** Throws `target-outranks-caller` if one of the users, other than the caller, holds grants that the caller does not hold. */
  requireMayActOn(caller: Caller, users: readonly Principal[], session?: ClientSession): Promise<void>;
  /**
   * Throws `grants-exceed-own` unless the caller could give both the old and the new grants.
   *
   * Removing a deny counts as giving what it denied. A deny that everybody holds also limits the grants that are given.
   */
  requireMayChange(caller: Caller, before: DelegatedGrants, after: DelegatedGrants, session?: ClientSession): Promise<void>;
  /** Applies both checks to each of these users, before and after the change. Throws `target-outranks-caller`, `grants-exceed-own`. */
  requireMayChangeEach<H extends Principal>(
    caller: Caller, users: readonly H[], change: (user: H) => H, session?: ClientSession,
  ): Promise<void>;
  /** Throws `target-outranks-caller` if a principal who has the role, in any way, holds grants that the caller does not hold. */
  requireMayChangeRole(caller: Caller, roleId: string, session: ClientSession): Promise<void>;
  /** The roles that a principal has now or will have later. */
  rolesOf(user: Principal): string[];
  /** Runs work that changes the grants that `read` returns, and compares them before and after it. Throws `grants-exceed-own`. */
  withDelegationCheck<T>(caller: Caller, read: () => Promise<DelegatedGrants>, work: () => Promise<T>, session?: ClientSession): Promise<T>;
}
