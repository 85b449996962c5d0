import type { Caller } from '../../engine/caller.ts';
import type { GivingMembership } from '../../engine/grants/collect-grants.ts';
import type { Grant } from '../../engine/grants/grant.ts';
import type { RoleTimes } from '../../engine/grants/role-times.ts';
import type { ClientSession } from '../../platform/database/session.ts';

/** A user or a client: as much of either as decides what they are granted. */
export interface Principal {
  readonly _id: string;
  readonly tenantId: string;
  /** roleIds */
  readonly roles: readonly string[];
  /** Of those roles that do not always count. */
  readonly roleTimes?: readonly RoleTimes[];
  /** groupIds */
  readonly groups?: readonly string[];
}

/** A principal with what sessions need of it; the name of a client stands as the username. */
export interface SessionPrincipal extends Principal {
  readonly isActive: boolean;
  /** Raised whenever roles or status change. */
  readonly accessVersion: number;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

/** A principal's effective grants at a moment. */
export interface EffectiveGrants {
  /** Those that exist and count: the assigned ones in their order, then those of groups. */
  readonly roles: { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** Types of these, of what everybody holds, and of all that they inherit, sorted; none of memberships. */
  readonly roleTypes: readonly string[];
  /** The resources of all memberships, each once, sorted. */
  readonly memberships: readonly string[];
  readonly granted: readonly Grant[];
  /** When that changes, because an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** The effective grants of one of many principals. */
export type EffectiveGrantsOf<H extends Principal> = EffectiveGrants & { readonly principal: H };

/** What is assigned, by id. */
export interface Assigned {
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly memberships?: readonly GivingMembership[];
}

/** Inside a transaction, which `session` names, what it did counts already. */
export interface GrantResolver {
  resolveGrants(principal: Principal, session?: ClientSession): Promise<EffectiveGrants>;
  /** The same for many principals of one tenant, in their order: as many queries as for one. */
  resolveGrantsOfAll<H extends Principal>(
    tenantId: string, principals: readonly H[], session?: ClientSession,
  ): Promise<EffectiveGrantsOf<H>[]>;
  /** What follows from all this, without what everybody holds. */
  resolveAssigned(tenantId: string, assigned: Assigned, session?: ClientSession): Promise<Grant[]>;
  /** What everybody holds. */
  baselineGrants(tenantId: string, session?: ClientSession): Promise<Grant[]>;
}

export type ResolveGrants = GrantResolver['resolveGrants'];

/** Goes through users of a tenant in the order of their ids, from the one after `after` on. */
export type EachPrincipal = (
  tenantId: string, options?: { readonly after?: string; readonly userIds?: readonly string[]; readonly session?: ClientSession },
) => AsyncGenerator<EffectiveGrantsOf<SessionPrincipal>>;

/** What is given, before or after a change. */
export interface DelegatedGrants {
  readonly granted: readonly Grant[];
  /** roleIds of the receiver, if known; conditions on `subject.roles` are then resolved for them. */
  readonly roles?: readonly string[];
}

/**
 * Who may change what somebody else holds: nobody hands out, takes away or edits what they do not hold themselves. A role
 * that is to start later counts as held by everybody but the caller.
 *
 * Inside a transaction, which `session` names, the caller is read again and locked: of two callers who take each other's
 * rights at once, one finds them gone. All may then throw `session-ended` and `user-disabled` as well.
 */
export interface Delegation {
  /** Refuses to act on users if one of them, other than the caller, holds what the caller does not. Throws `target-outranks-caller`. */
  requireMayActOn(caller: Caller, users: readonly Principal[], session?: ClientSession): Promise<void>;
  /**
   * Refuses to change what somebody is given unless the caller could give both the old and the new.
   *
   * A deny that is lifted counts as handing out what it denied. A deny that everybody holds also limits what is handed
   * out. Throws `grants-exceed-own`.
   */
  requireMayChange(caller: Caller, before: DelegatedGrants, after: DelegatedGrants, session?: ClientSession): Promise<void>;
  /** The same for all that each of these users holds, and would hold after the change. Throws what both of the above do. */
  requireMayChangeEach<H extends Principal>(
    caller: Caller, users: readonly H[], change: (user: H) => H, session?: ClientSession,
  ): Promise<void>;
  /** Refuses to change a role if somebody who has it, in any way, holds what the caller does not. Throws `target-outranks-caller`. */
  requireMayChangeRole(caller: Caller, roleId: string, session: ClientSession): Promise<void>;
  /** The roles that a user has, now or later. */
  rolesOf(user: Principal): string[];
  /** Does work that changes what `read` gathers, under the same rule. */
  withDelegationCheck<T>(caller: Caller, read: () => Promise<DelegatedGrants>, work: () => Promise<T>, session?: ClientSession): Promise<T>;
}
