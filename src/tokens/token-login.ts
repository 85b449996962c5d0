import type { Caller } from '../engine/caller.ts';
import { loginFromClaims } from './access-claims.ts';
import type { LoginClaims } from './access-claims.ts';

/**
 * The login of a caller is the one that their token names, not the latest one of the session. So a token that was issued before the
 * identity was confirmed does not become recent by the confirmation, and the new token is recent on every node at once.
 */
export function authOf(claims: Partial<LoginClaims>): Pick<Caller, 'auth'> {
  return hasLogin(claims) ? { auth: loginFromClaims(claims) } : {};
}

/** Whether a caller has the login that a token names. */
export function isOfLogin({ auth }: Caller, claims: Partial<LoginClaims>): boolean {
  if (!auth || !hasLogin(claims)) return !auth && !hasLogin(claims);
  return auth.at === claims.auth_time * 1_000 && auth.level === Number(claims.acr);
}

function hasLogin(claims: Partial<LoginClaims>): claims is LoginClaims {
  return claims.auth_time !== undefined && claims.acr !== undefined && claims.amr !== undefined;
}
