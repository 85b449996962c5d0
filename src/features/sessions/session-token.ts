import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { LoginProof } from '../../engine/recent-login.ts';
import { grantsToClaims } from '../../engine/grants/token-grants.ts';
import type { SignedToken, TokenSubject } from '../../tokens/access-token.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { RightSetRef } from '../grants/right-set.types.ts';
import { loginToClaims } from '../../tokens/access-claims.ts';
import type { Session } from './session.model.ts';

export interface SessionTokenDeps {
  readonly clock: () => number;
  /** The attributes that conditions can compare, of a principal with these roles and memberships. */
  readonly attributesOf: (user: SessionPrincipal, roles: readonly string[], memberships: MemberOf) => Attributes;
  readonly signToken: (subject: TokenSubject) => Promise<SignedToken>;
}

/** Signs an access token of a session, with the grants of its principal. */
export type SignForSession = (session: Session, user: SessionPrincipal, rights: RightSetRef) => Promise<SignedToken>;

/** Creates the function that signs access tokens of sessions. */
export function createSignForSession({ clock, attributesOf, signToken }: SessionTokenDeps): SignForSession {
  return (session, user, { roleTypes, memberOf, grantSet, changesAt }) => signToken({
    sub: user._id, sid: session._id, ...(session.kind === 'client' && { client_id: user._id }), ...loginToClaims(loginOf(session)),
    tenant: user.tenantId,
    username: displayName(user), roles: roleTypes,
    ...grantsToClaims(grantSet, attributesOf(user, rolesAt(user, clock()), memberOf)),
    notAfter: Math.min(changesAt?.getTime() ?? Infinity, endOf(session)),
  });
}

/** A session without a refresh token ends with the token that opened it, so its access tokens must not outlive it. */
function endOf({ kind, refresh, expiresAt }: Session): number {
  return kind === 'user' && !refresh ? expiresAt.getTime() : Infinity;
}

/** How and when the login of a session was proved: with one factor when it was opened, if that was not stored yet. */
function loginOf({ auth, createdAt }: Session): LoginProof {
  if (!auth) return { amr: [], level: 1, at: createdAt.getTime() };
  return { amr: auth.amr, level: auth.level, at: auth.at.getTime() };
}

/** The name of a principal for people: the user name, or else the address or the id. */
export function displayName({ _id, username, email }: SessionPrincipal): string {
  return username ?? email ?? _id;
}
