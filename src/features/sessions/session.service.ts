import type { Attributes } from '../../engine/policies/decision-context.types.ts';
import { grantsToClaims } from '../../engine/grants/token-grants.ts';
import type { MemberOf } from '../../engine/grants/memberships-by-kind.ts';
import { rolesAt } from '../../engine/grants/role-times.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { SignedToken, TokenSubject } from '../../tokens/access-token.ts';
import type { User } from '../users/user.model.ts';
import type { LoadedCaller } from './caller-cache.ts';
import { createCurrentRights } from './current-rights.ts';
import type { CurrentRightsDeps, Known } from './current-rights.ts';
import type { Session } from './session.model.ts';
import type { SessionStore } from './session.store.ts';
import type { SessionClaims, RightSetRef, SessionGrants } from '../grants/right-set.types.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';

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
   * Throws `invalid-credentials` if the user was disabled, or the password was changed, after the password was compared.
   */
  open(actor: Actor, user: User): Promise<OpenedSession>;
  /**
   * Starts a session of a client, which lasts as long as its only access token. A client has at most 100 sessions: the oldest ends.
   *
   * Throws `client-refused` if the client was disabled, or got a new secret, after the secret with this hash was compared.
   */
  openForClient(actor: Actor, client: SessionPrincipal, secretHash: string): Promise<Pick<OpenedSession, 'session' | 'access'>>;
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

export interface SessionDeps extends Omit<CurrentRightsDeps, 'readPrincipal' | 'readTenant'> {
  readonly readTenant: (tenantId: string, snapshot?: ClientSession) => Promise<TenantState | null>;
  readonly store: SessionStore;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly sessionHours: number;
  /** How long a session of a client lasts, in s. */
  readonly clientSeconds: number;
  readonly readUser: (tenantId: string, userId: string, snapshot?: ClientSession) => Promise<User | null>;
  readonly readClient: (tenantId: string, clientId: string, snapshot?: ClientSession) => Promise<SessionPrincipal | null>;
  /** The grants of a stored right set; null if it is no longer stored. */
  readonly grantsOf: (tenantId: string, rightSetId: string) => Promise<SessionGrants | null>;
  /** Writes to the user in the transaction of a login; false if the user was disabled or the compared password was changed. */
  readonly touchForLogin: (tx: ChangeTransaction, user: User) => Promise<boolean>;
  /** The same for a client; `secretHash` is the hash of the secret that was compared. */
  readonly touchForToken: (tx: ChangeTransaction, client: SessionPrincipal, secretHash: string) => Promise<boolean>;
  /** What conditions may ask of a principal with these roles and memberships. */
  readonly attributesOf: (user: SessionPrincipal, roles: readonly string[], memberships: MemberOf) => Attributes;
  readonly makeRefreshToken: (tenantId: string) => { readonly token: string; readonly hash: string };
  readonly signToken: (subject: TokenSubject) => Promise<SignedToken>;
}

const hour = 3_600_000;

/** How many sessions one client may have at the same time. */
const maxClientSessions = 100;

/** The shortest time between two notes of when a session was last used, in ms. */
const notedEvery = 60_000;

/** Creates the service that opens, reads and ends sessions, and finds the caller of a verified token. */
export function createSessionService(deps: SessionDeps): SessionService {
  const { store, changes, clock, sessionHours, clientSeconds, readTenant, readUser, readClient } = deps;
  const { grantsOf, attributesOf, touchForLogin, touchForToken, makeRefreshToken, signToken } = deps;

  const readPrincipal = (
    kind: Session['kind'], tenantId: string, userId: string, snapshot?: ClientSession,
  ): Promise<SessionPrincipal | null> =>
    (kind === 'client' ? readClient : readUser)(tenantId, userId, snapshot);
  const currentRights = createCurrentRights({ ...deps, readPrincipal });

  /** Throws `session-ended`, `user-disabled`. */
  function requireActive<P extends SessionPrincipal>(
    user: P | null, owner: TenantState | null,
  ): { readonly user: P; readonly owner: TenantState } {
    if (owner?.status !== 'active' || !user) throw new AppError('session-ended');
    if (!user.isActive) throw new AppError('user-disabled');
    return { user, owner };
  }

  /** In tenants whose unused sessions end, also notes the use, at most once a minute. Throws `session-ended`. */
  async function requireLive(
    session: Session, { settings: { idleHours } }: TenantState,
  ): Promise<void> {
    const { seenAt, createdAt, expiresAt } = session;
    const now = clock();
    if (expiresAt.getTime() <= now) throw new AppError('session-ended');
    if (idleHours === undefined) return;
    const idle = now - (seenAt ?? createdAt).getTime();
    if (idle >= idleHours * hour) throw new AppError('session-ended');
    if (idle >= notedEvery) await store.noteSeen(session, new Date(now));
  }

  /** Throws `session-ended`, `user-disabled`. */
  async function renew(session: Session, known: Known): Promise<{ readonly user: SessionPrincipal; readonly rights: RightSetRef }> {
    const { user, rights, good } = await currentRights(session, known);
    if (!user.isActive) throw new AppError('user-disabled');
    await store.storeRights(session, good);
    return { user, rights };
  }

  const signFor = (session: Session, user: SessionPrincipal, { roleTypes, memberOf, grantSet, changesAt }: RightSetRef) => signToken({
    sub: user._id, sid: session._id, ...(session.kind === 'client' && { client_id: user._id }), tenant: user.tenantId,
    username: shownName(user), roles: roleTypes,
    ...grantsToClaims(grantSet, attributesOf(user, rolesAt(user, clock()), memberOf)),
    notAfter: changesAt?.getTime() ?? Infinity,
  });

  /** `touch` writes to the principal first: disabling them at the same moment then conflicts with this transaction. */
  async function begin(actor: Actor, user: SessionPrincipal, milliseconds: number, own: Pick<Session, 'kind' | 'refresh'>, touch: (
    tx: ChangeTransaction,
  ) => Promise<void>) {
    const now = clock();
    const expiresAt = new Date(now + milliseconds);
    const owner = { ...own, tenantId: user.tenantId, userId: user._id, expiresAt };
    const { rights, good } = await currentRights(owner);
    const session: Session = {
      _id: newId(), ...owner, ...good, createdAt: new Date(now), device: { userAgent: actor.userAgent, ip: actor.ip },
    };
    await changes.transact({ ...actor, userId: user._id, sessionId: session._id }, async (tx) => {
      await touch(tx);
      await store.create(tx, session);
      if (own.kind === 'client') await store.endOldestOf(tx, user._id, maxClientSessions);
      tx.record({ action: 'session.login', target: { kind: 'session', id: session._id }, users: [user._id] });
    });
    return { session, access: await signFor(session, user, rights) };
  }

  return {
    async open(actor, user) {
      const owner = await readTenant(user.tenantId);
      const refresh = makeRefreshToken(user.tenantId);
      const begun = await begin(actor, user, (owner?.settings.sessionHours ?? sessionHours) * hour, {
        kind: 'user', refresh: { current: refresh.hash, used: [] },
      }, async (tx) => {
        if (!(await touchForLogin(tx, user))) throw new AppError('invalid-credentials');
      });
      return { ...begun, user, refreshToken: refresh.token };
    },

    openForClient: (actor, client, secretHash) => begin(actor, client, clientSeconds * 1_000, { kind: 'client' }, async (tx) => {
      if (!(await touchForToken(tx, client, secretHash))) throw new AppError('client-refused');
    }),

    async reissue(session) {
      const { user, owner } = requireActive(
        ...await Promise.all([readUser(session.tenantId, session.userId), readTenant(session.tenantId)]),
      );
      await requireLive(session, owner);
      const current = await renew(session, { user, owner });
      return { session, user, access: await signFor(session, current.user, current.rights) };
    },

    async loadCaller({ sub, sid, client_id, tenant }) {
      const [session, ...found] = await Promise.all([
        store.read(tenant, sid), readPrincipal(client_id === undefined ? 'user' : 'client', tenant, sub), readTenant(tenant),
      ]);
      // Checked before the session, which has ended as well: `user-disabled` says more than `session-ended`.
      const { user, owner } = requireActive(...found);
      if (session?.userId !== sub || (session.kind === 'client') !== (client_id !== undefined)) throw new AppError('session-ended');
      await requireLive(session, owner);
      const now = clock();
      const isCurrent = session.policyVersion === owner.policyVersion && session.accessVersion === user.accessVersion
        && (session.changesAt?.getTime() ?? Infinity) > now;
      const known = isCurrent ? await grantsOf(tenant, session.rightSetId) : null;
      const current = known ? { user, rights: { ...known, changesAt: session.changesAt } } : await renew(session, { user, owner });
      const { grants, roleTypes, memberOf } = current.rights;
      const roles = rolesAt(current.user, now);
      return {
        caller: {
          userId: sub, tenantId: tenant, sessionId: sid, username: shownName(current.user), roles, roleTypes, grants,
          attributes: attributesOf(current.user, roles, memberOf),
        },
        isClient: client_id !== undefined,
        settings: owner.settings,
        goodUntil: Math.min(session.expiresAt.getTime(), current.rights.changesAt?.getTime() ?? Infinity),
      };
    },

    async inspectRefresh(tenantId, hash) {
      const session = await store.findByCurrentHash(tenantId, hash);
      if (!session) throw new AppError('session-ended');
      const { user, owner } = requireActive(...await Promise.all([readUser(tenantId, session.userId), readTenant(tenantId)]));
      await requireLive(session, owner);
      return { session, username: shownName(user) };
    },

    load: store.load,

    async find(tenantId, sessionId) {
      const session = await store.read(tenantId, sessionId);
      if (!session || session.expiresAt.getTime() <= clock()) throw new AppError('session-not-found');
      return session;
    },

    end: (actor, sessionId, action) => changes.transact(actor, async (tx) => {
      const session = await store.end(tx, sessionId);
      if (!session) throw new AppError('session-not-found');
      tx.record({ action, target: { kind: 'session', id: sessionId }, users: [session.userId] });
    }),
  };
}

function shownName({ _id, username, email }: SessionPrincipal): string {
  return username ?? email ?? _id;
}

