import type { Caller } from '../../engine/caller.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { EffectiveGrants, ResolveGrants, SessionPrincipal } from '../grants/grants.types.ts';
import type { SessionGrants } from '../grants/right-set.types.ts';

/** A user or a client without a session, as the database has it now. */
export interface PrincipalNow {
  readonly caller: Caller;
  /** When an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** Why a principal can do nothing. */
export type NoPrincipal = 'unknown' | 'disabled' | 'tenant-inactive';

/** The id of a user, or of a client, and its tenant. */
export interface PrincipalId {
  readonly kind: 'user' | 'client';
  readonly id: string;
  readonly tenantId: string;
}

/** Reads a principal, its tenant and its grants, all in the snapshot of this transaction. */
export type ReadPrincipalNow = (principal: PrincipalId, session: ClientSession) => Promise<PrincipalNow | NoPrincipal>;

export interface PrincipalNowDeps {
  readonly readUser: (tenantId: string, userId: string, session: ClientSession) => Promise<SessionPrincipal | null>;
  readonly readClient: (tenantId: string, clientId: string, session: ClientSession) => Promise<SessionPrincipal | null>;
  readonly readTenant: (tenantId: string, session: ClientSession) => Promise<{ readonly status: string } | null>;
  readonly resolveGrants: ResolveGrants;
  readonly compileEffective: (tenantId: string, effective: EffectiveGrants) => SessionGrants;
  readonly attributesOf: (user: SessionPrincipal, roles: readonly string[], memberships: MemberOf) => Attributes;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the function that reads a principal who has no session. */
export function createReadPrincipalNow(
  { readUser, readClient, readTenant, resolveGrants, compileEffective, attributesOf, clock }: PrincipalNowDeps,
): ReadPrincipalNow {
  return async ({ kind, id, tenantId }, session) => {
    const principal = await (kind === 'client' ? readClient : readUser)(tenantId, id, session);
    const tenant = await readTenant(tenantId, session);
    if (!principal) return 'unknown';
    if (tenant?.status !== 'active') return 'tenant-inactive';
    if (!principal.isActive) return 'disabled';
    const effective = await resolveGrants(principal, session);
    const { grants, roleTypes, memberOf } = compileEffective(tenantId, effective);
    const roles = rolesAt(principal, clock());
    return {
      changesAt: effective.changesAt,
      caller: {
        userId: id, tenantId, sessionId: '', username: principal.username ?? principal.email ?? id, roles, roleTypes, grants,
        attributes: attributesOf(principal, roles, memberOf),
      },
    };
  };
}
