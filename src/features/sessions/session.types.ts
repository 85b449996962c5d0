import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Actor, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { SignedToken } from '../../tokens/access-token.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { SessionClaims } from '../grants/right-set.types.ts';
import type { User } from '../users/user.model.ts';
import type { LoadedCaller } from './caller-cache.ts';
import type { Session, SessionAuth } from './session.model.ts';

/** The right set of a session, and the versions for which it is valid. */
export interface NotedRights {
  readonly rightSetId: string;
  readonly policyVersion: number;
  readonly accessVersion: number;
  /** When an assignment starts or ends. */
  readonly changesAt: Date | null;
}

/** A session and its tokens. */
export interface OpenedSession {
  readonly session: Session;
  readonly user: User;
  readonly access: SignedToken;
  readonly refreshToken: string;
}

export interface SessionService {
  /**
   * Starts a session of a user, with an access token and the first refresh token.
   *
   * `auth` says what was proved, and when. `touch` writes to the user in the transaction, so that disabling them at the same moment
   * conflicts, and throws if the proof no longer holds. By default it throws `invalid-credentials` if the user was disabled, or the
   * password was changed, after the password was compared.
   */
  open(actor: Actor, user: User, auth: Readonly<SessionAuth>, touch?: (tx: ChangeTransaction) => Promise<void>): Promise<OpenedSession>;
  /**
   * Starts a session of a user without a refresh token, which ends at this time at the latest. `touch` is the same as of `open`, and must
   * throw if the user is not active. Access tokens of the session end with it.
   */
  openUntil(
    actor: Actor, user: User, auth: Readonly<SessionAuth>, endsAt: Date, touch: (tx: ChangeTransaction) => Promise<void>,
  ): Promise<Pick<OpenedSession, 'session' | 'access'>>;
  /**
   * Starts a session of a client, which lasts as long as its only access token. A client has at most 100 sessions: the oldest ends.
   *
   * Throws `client-refused` if the client was disabled, or got a new secret, after the secret with this hash was compared.
   */
  openForClient(actor: Actor, client: SessionPrincipal, secretHash: string): Promise<Pick<OpenedSession, 'session' | 'access'>>;
  /**
   * Notes that the user of a session has proved their identity again, and signs a new access token. `check` throws in the transaction if
   * the proof no longer holds. Time and level are raised, never lowered, and the methods are added.
   *
   * Throws `session-ended`, `user-disabled`.
   */
  confirm(
    actor: Actor, sessionId: string, proof: Pick<SessionAuth, 'amr' | 'level' | 'at'>, check: (tx: ChangeTransaction) => Promise<unknown>,
  ): Promise<SignedToken>;
  /** Signs a new access token for a session of a user. Throws `session-ended`, `user-disabled`. */
  reissue(session: Session): Promise<Pick<OpenedSession, 'session' | 'user' | 'access'>>;
  /**
   * Reads the caller of a verified token, with the current rights.
   *
   * Throws `session-ended`, `user-disabled`.
   */
  loadCaller(claims: SessionClaims): Promise<LoadedCaller>;
  /**
   * The live session of a refresh token that was not exchanged yet, and its user's display name.
   *
   * Throws `session-ended`, `user-disabled`.
   */
  inspectRefresh(tenantId: string, hash: string): Promise<{ readonly session: Session; readonly username: string }>;
  /** One page of live sessions. */
  load(tenantId: string, filter: { readonly userId?: string }, page: PageRequest): Promise<Page<Session>>;
  /** Finds a live session. Throws `session-not-found`. */
  find(tenantId: string, sessionId: string): Promise<Session>;
  /** Ends a session; `action` is recorded in the audit trail. Throws `session-not-found`. */
  end(actor: Actor, sessionId: string, action: 'session.logout' | 'session.end'): Promise<void>;
}
