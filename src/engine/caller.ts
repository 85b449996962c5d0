import type { Attributes } from './policies/decision-context.types.ts';
import type { CompiledGrants } from './grants/compiled-grants.ts';
import type { LoginProof } from './recent-login.ts';

/** A user in a session, with what the session may do now. */
export interface Caller {
  readonly userId: string;
  /** The tenant in which they act. */
  readonly tenantId: string;
  /** Their own tenant, if it is another one: a superadmin of the platform can act in the tenant that a request names. */
  readonly homeTenantId?: string;
  readonly sessionId: string;
  readonly username: string;
  /** roleIds of the assigned roles that are active now. If only a token is known, the same as `roleTypes`. */
  readonly roles: readonly string[];
  /**
   * The types of all roles: assigned roles, roles of groups, the role of every session, and the roles that these inherit.
   *
   * Roles of memberships are not included.
   */
  readonly roleTypes: readonly string[];
  readonly grants: CompiledGrants;
  /** The attributes of the user that conditions may use, from the store. */
  readonly attributes: Attributes;
  /** The login that the access token of this request names. Absent without a session: then no login is recent. */
  readonly auth?: LoginProof;
}
