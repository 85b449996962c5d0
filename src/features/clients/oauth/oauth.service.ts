import type { Caller } from '../../../engine/caller.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import { AppError } from '../../../errors/errors.ts';
import { errorTable } from '../../../errors/table.ts';
import type { SessionPrincipal } from '../../grants/grants.types.ts';
import type { SessionClaims } from '../../grants/right-set.types.ts';
import type { Session } from '../../sessions/session.model.ts';
import type { SignedToken } from '../../../tokens/access-token.ts';
import type { CurrentTokens } from '../../../tokens/current-tokens.ts';
import type { RefreshTokens } from '../../../tokens/refresh-tokens.ts';
import type { AuthenticatedClient } from './authenticate-client.ts';

/** The answer about an active token (RFC 7662 section 2.2). Times are in seconds since 1970. */
export interface ActiveToken {
  readonly active: true;
  readonly client_id?: string | undefined;
  readonly username: string;
  readonly token_type?: 'Bearer';
  readonly exp: number;
  readonly iat: number;
  readonly sub: string;
  readonly aud?: string;
  readonly iss: string;
  readonly jti?: string;
  readonly sid: string;
  readonly tenant: string;
}

/** The answer about every other token. It does not say why the token is not active. */
export interface InactiveToken {
  readonly active: false;
}

export interface OAuthService {
  /**
   * Opens a session for the client and returns its access token.
   *
   * Throws `grant-type-unsupported`, `scope-unknown`, and `client-refused` if the client was disabled since it authenticated.
   */
  issue(from: AuthenticatedClient, asked: { readonly grant_type: string; readonly scope?: string }): Promise<SignedToken>;
  /** Whether a token of the client's own tenant is active now. */
  introspect(from: AuthenticatedClient, token: string): Promise<ActiveToken | InactiveToken>;
  /** Ends the session of the client's own access token. Does nothing for any other token (RFC 7009 section 2.2). */
  revoke(from: AuthenticatedClient, token: string): Promise<void>;
}

/** The sessions of clients, and the sessions of users whose tokens a client introspects. */
export interface OAuthSessions {
  /** Opens a session of a client with an access token. Throws `client-refused` if the client is disabled or has another secret by now. */
  openForClient(actor: Actor, client: SessionPrincipal, secretHash: string): Promise<{ readonly access: SignedToken }>;
  /** The live session of a refresh token that was not exchanged yet. Throws `session-ended`, `user-disabled`. */
  inspectRefresh(tenantId: string, hash: string): Promise<{ readonly session: Session; readonly username: string }>;
  /** Ends a session. Throws `session-not-found`. */
  end(actor: Actor, sessionId: string, action: 'session.end'): Promise<void>;
}

export interface OAuthDeps {
  readonly sessions: OAuthSessions;
  /** Throws `session-ended`, `user-disabled`, `too-many-requests`. */
  readonly loadCaller: (claims: SessionClaims) => Promise<Pick<Caller, 'username'>>;
  readonly verify: CurrentTokens['verify'];
  readonly readRefreshToken: RefreshTokens['read'];
  readonly issuer: string;
}

const inactive: InactiveToken = { active: false };

/** Creates the service behind the URLs under /oauth/. */
export function createOAuthService({ sessions, loadCaller, verify, readRefreshToken, issuer }: OAuthDeps): OAuthService {
  async function introspectAccess(tenantId: string, token: string): Promise<ActiveToken | InactiveToken> {
    const verified = await verify(token);
    if (!verified.ok || verified.claims.tenant !== tenantId) return inactive;
    const { client_id, exp, iat, sub, aud, iss, jti, sid, tenant } = verified.claims;
    const { username } = await loadCaller(verified.claims);
    return { active: true, ...(client_id !== undefined && {
      client_id,
    }), username, token_type: 'Bearer', exp, iat, sub, aud, iss, jti, sid, tenant };
  }

  async function introspectRefresh({ tenantId, hash }: { readonly tenantId: string; readonly hash: string }): Promise<ActiveToken> {
    const { session, username } = await sessions.inspectRefresh(tenantId, hash);
    return { active: true, username, exp: secondsOf(
      session.expiresAt,
    ), iat: secondsOf(session.createdAt), sub: session.userId, iss: issuer, sid: session._id, tenant: tenantId };
  }

  return {
    async issue({ client, secretHash, actor }, { grant_type, scope }) {
      if (grant_type !== 'client_credentials') throw new AppError('grant-type-unsupported');
      if (scope !== undefined) throw new AppError('scope-unknown');
      try {
        return (await sessions.openForClient(actor, client, secretHash)).access;
      } catch (error) {
        // The tenant was suspended since the client authenticated.
        throw isRefusal(error) ? new AppError('client-refused') : error;
      }
    },
    async introspect({ actor: { tenantId } }, token) {
      const refresh = readRefreshToken(token);
      if (refresh && refresh.tenantId !== tenantId) return inactive;
      try {
        return await (refresh ? introspectRefresh(refresh) : introspectAccess(tenantId, token));
      } catch (error) {
        if (isRefusal(error)) return inactive;
        throw error;
      }
    },
    async revoke({ client, actor }, token) {
      const verified = await verify(token);
      if (!verified.ok || verified.claims.tenant !== client.tenantId || verified.claims.client_id !== client._id) return;
      await endIfLive(actor, verified.claims.sid);
    },
  };

  async function endIfLive(actor: Actor, sessionId: string): Promise<void> {
    try {
      await sessions.end(actor, sessionId, 'session.end');
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'session-not-found')) throw error;
    }
  }
}

/** Whether an error refuses a caller, in contrast to a failure of the server. */
function isRefusal(error: unknown): boolean {
  return error instanceof AppError && errorTable[error.code].status === 401;
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
