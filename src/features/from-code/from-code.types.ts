import type { z } from 'zod';
import type { Access } from '../../engine/access.ts';
import type { RightInput } from '../../engine/grants/right.ts';
import type { Policy } from '../../engine/policies/policy.ts';
import type { roleShape } from '../roles/role.shape.ts';
import type { RoleRef } from '../roles/role.types.ts';
import type { userShape } from '../users/user.shape.ts';
import type { NewUser, UserOrder, UserProfile } from '../users/user.types.ts';

/** The user or the client that makes a call from code. */
export type ActorRef = { readonly userId: string; readonly clientId?: never } | { readonly clientId: string; readonly userId?: never };

export interface CallOptions {
  /** Required. The call may do what this user or client may do at this moment, and the audit trail names it. */
  readonly actor: ActorRef;
  /** The name of the tenant to act in; by default the tenant of the actor. Only superadmins of the platform may name one. */
  readonly tenant?: string;
}

/** A user, as `GET /admin/load-user/:userId` answers it. Times are texts of RFC 3339. */
export type UserView = Readonly<z.output<typeof userShape>>;
/** A role, as `GET /roles/load` answers it. */
export type RoleView = Readonly<z.output<typeof roleShape>>;

export interface ListPage {
  /** 1 to 200; by default 50. */
  readonly limit?: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** Filters of users. `role` is a roleId, and `search` finds beginnings of words of addresses and names. */
export interface UserQuery {
  readonly search?: string;
  readonly email?: string;
  readonly role?: string;
  readonly active?: boolean;
  readonly verified?: boolean;
  /** Text of RFC 3339. Users who have never logged in are found too. */
  readonly lastLoginBefore?: string;
  readonly sort?: UserOrder;
}

export interface ListAnswer<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** A role for a user. A day such as "2026-12-31" means its start in `validFrom`, and its end in `validUntil`, in UTC. */
export type AssignedRole = RoleRef & {
  /** replace (the default): the user keeps this role alone. add: in addition to the others. remove: the user loses it. */
  readonly mode?: 'replace' | 'add' | 'remove';
  readonly validFrom?: Date | string;
  readonly validUntil?: Date | string;
};

/**
 * The users, for the code of a host: the same calls as under `/admin/` and `/roles/assign`, with their input rules, delegation and audit.
 *
 * The actor needs the right to the URL that each call names. Its grants are read again inside the transaction. Every call throws the
 * AppErrors of its URL, `actor-refused`, `right-missing`, `permission-missing`, `policy-denies`, `invalid-input` with the faulty fields,
 * `database-unreachable`, and `not-ready` before `init`. Every call throws a TypeError without an actor.
 */
export interface UsersFromCode {
  /** `POST /admin/create-user`. Without a password, a mail invites the user to choose one. */
  create(user: NewUser, options: CallOptions): Promise<UserView>;
  /** `GET /admin/load-user/:userId`. */
  find(userId: string, options: CallOptions): Promise<UserView>;
  /** `GET /admin/load-users`. `total` stops at 10,000. */
  list(
    filter: ListPage & UserQuery, options: CallOptions,
  ): Promise<ListAnswer<UserView> & { readonly total: number }>;
  /** `PUT /admin/update-user/:userId`. With `version`, throws `version-conflict` if the user was changed since. */
  update(userId: string, profile: UserProfile & { readonly version?: number }, options: CallOptions): Promise<UserView>;
  /** `POST /roles/assign`. */
  assign(userId: string, role: AssignedRole, options: CallOptions): Promise<UserView>;
  /** `POST /admin/disable-user`. Ends the sessions of the user. */
  disable(userId: string, options: CallOptions): Promise<UserView>;
  /** `POST /admin/enable-user`. */
  enable(userId: string, options: CallOptions): Promise<UserView>;
  /** `DELETE /admin/delete-user/:userId`. Erases the personal data of the user. */
  delete(userId: string, options: CallOptions): Promise<void>;
}

/** The fields of a role, except its rights. */
export interface RoleFields {
  readonly name?: string;
  readonly description?: string;
  readonly permissions?: readonly string[];
  readonly policies?: readonly Policy[];
  /** roleIds */
  readonly inherits?: readonly string[];
  readonly isDefault?: boolean;
}

/** The roles, for the code of a host: the same calls as under `/roles/`. What {@link UsersFromCode} says of calls holds here too. */
export interface RolesFromCode {
  /** `POST /roles/create`. */
  create(
    role: RoleFields & { readonly roleId: string; readonly type: string; readonly rights: readonly RightInput[] }, options: CallOptions,
  ): Promise<RoleView>;
  /** `GET /roles/load`, for one role. Throws `role-not-found`. */
  find(roleId: string, options: CallOptions): Promise<RoleView>;
  /** `GET /roles/load`. */
  list(page: ListPage, options: CallOptions): Promise<ListAnswer<RoleView>>;
  /** `PUT /roles/update`. Absent fields do not change. */
  update(role: RoleRef, content: RoleFields & { readonly version?: number }, options: CallOptions): Promise<RoleView>;
  /** `PUT /roles/update-rights`. Takes either `rights`, which replace all rights, or `add` and `remove`. */
  updateRights(role: RoleRef, rights: {
    readonly rights?: readonly RightInput[];
    readonly add?: readonly RightInput[];
    readonly remove?: readonly RightInput[];
    readonly version?: number;
  }, options: CallOptions): Promise<RoleView>;
  /** `DELETE /roles/delete`. `reassignTo` is the roleId of the role that replaces it. */
  delete(role: RoleRef & { readonly reassignTo?: string }, options: CallOptions): Promise<void>;
}

/**
 * What a user or a client may do, as it was read. Later changes of users, roles and policies do not reach it: read it, use it, and
 * read it again for the next piece of work. Only `explain` reads the present state. `caller.sessionId` is empty.
 */
export interface AccessSnapshot extends Omit<Access, 'noteRefusal'> {
  /** When it was read. */
  readonly readAt: Date;
  /** When an assignment starts or ends; null if none does. From then on, `can`, `decide` and `scope` throw. */
  readonly changesAt: Date | null;
}

/**
 * Reads what a user, or a client by its clientId, may do. There is no request: conditions about an IP address have no data.
 *
 * Throws `user-not-found` for an unknown id, `user-disabled`, `tenant-not-found` if the tenant is not active, and `not-ready` before
 * `init`.
 */
export type AccessFor = (userId: string) => Promise<AccessSnapshot>;
