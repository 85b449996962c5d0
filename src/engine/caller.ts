import type { Attributes } from './policies/condition.ts';
import type { CompiledGrants } from './grants/compiled-grants.ts';

/** Who is asking: a user in a session, with what the session may do at this moment. */
export interface Caller {
  readonly userId: string;
  /** In which they act. */
  readonly tenantId: string;
  /** The one they belong to, where that is another: a superadmin of the platform acts in a tenant that the request names. */
  readonly homeTenantId?: string;
  readonly sessionId: string;
  readonly username: string;
  /** roleIds of the assigned roles that count at this moment; where a token is all that is known, the same as `roleTypes`. */
  readonly roles: readonly string[];
  /** Types of all roles held everywhere: assigned, of groups, that of every session, and what these inherit; none of memberships. */
  readonly roleTypes: readonly string[];
  readonly grants: CompiledGrants;
  /** What conditions may ask of the user, from the store. */
  readonly attributes: Attributes;
}
