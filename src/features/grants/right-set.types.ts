import type { Grants, Holdings } from '../../engine/grants/compiled-grants.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { Held, Holder } from './grant-resolver.ts';
import type { User } from '../users/user.model.ts';

/** Whoever has sessions: a user, or a client, whose name then stands as the username. */
export type Principal = Holder & Pick<User, 'isActive' | 'accessVersion' | 'email' | 'emailVerified' | 'username' | 'firstName' | 'lastName'>;

/** The claims of an access token that say which session it is for. */
export interface AccessClaims {
  /** userId or clientId */
  readonly sub: string;
  /** The clientId once more, only of clients. */
  readonly client_id?: string | undefined;
  /** sessionId */
  readonly sid: string;
  readonly tenant: string;
}

/** What a session may do, compiled for this process. */
export interface SessionGrants {
  readonly grants: Grants;
  /** Types of all roles that count everywhere, with those they inherit. */
  readonly roleTypes: readonly string[];
  readonly memberOf: MemberOf;
}

/** What somebody holds at a moment, without the ways on which it came to them: what a right set is made of, and when it will be otherwise. */
export type HeldContent = Holdings & Pick<Held, 'roles' | 'roleTypes' | 'memberships' | 'changesAt'>;

/** A stored right set, compiled for this process. */
export interface RightSetRef extends SessionGrants {
  readonly id: string;
  readonly roles: readonly { readonly roleId: string; readonly type: string; readonly name: string }[];
  /** What the grants were compiled from, for a token to say. */
  readonly holdings: Omit<Holdings, 'rights'>;
  /** When an assignment starts or ends, until which it is good for this user. */
  readonly changesAt: Date | null;
}
