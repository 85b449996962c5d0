import type { Model } from 'mongoose';
import type { Caller } from '../access/caller.ts';
import type { Attributes } from '../access/condition.ts';
import { claimGrants } from '../access/grant-claims.ts';
import type { MemberOf } from '../access/member-of.ts';
import { rolesAt } from '../access/role-times.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../changes/change.service.ts';
import { AppError } from '../errors.ts';
import { newId } from '../mongo/new-id.ts';
import { readPage } from '../mongo/page.ts';
import type { Page, PageRequest } from '../mongo/page.ts';
import type { TenantState } from '../tenants/tenant.state.ts';
import type { SignedToken, TokenSubject } from '../tokens/access-token.ts';
import type { User } from '../users/user.model.ts';
import type { Session } from './session.model.ts';
import type { AccessClaims, RightSetRef, SessionGrants } from './session.types.ts';

/** A session with the tokens for it. */
export interface OpenedSession {
  readonly session: Session;
  readonly user: User;
  readonly access: SignedToken;
  readonly refreshToken: string;
}

export interface SessionService {
  /** Starts a session, with an access token and the first refresh token. Throws `invalid-credentials` if the user's password was just changed. */
  open(actor: Actor, user: User): Promise<OpenedSession>;
  /** A new access token for a session that lives. Throws `session-ended`, `user-disabled`. */
  reissue(session: Session): Promise<Pick<OpenedSession, 'session' | 'user' | 'access'>>;
  /**
   * Who a verified token speaks for, with the rights of this moment. The one place where a session is read.
   *
   * Throws `session-ended`, `user-disabled`.
   */
  loadCaller(claims: AccessClaims): Promise<Caller>;
  load(tenantId: string, filter: { readonly userId?: string }, page: PageRequest): Promise<Page<Session>>;
  /** Throws `session-not-found`. */
  find(tenantId: string, sessionId: string): Promise<Session>;
  /** Ends a session; `action` says how it came to be. Throws `session-not-found`. */
  end(actor: Actor, sessionId: string, action: 'session.logout' | 'session.end'): Promise<void>;
  /** Ends all sessions of a user inside a transaction, but for one that may stay. */
  endAllOf(tx: ChangeTransaction, userId: string, except?: string | null): Promise<void>;
}

export interface SessionDeps {
  readonly model: Model<Session>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly sessionHours: number;
  readonly readTenant: (tenantId: string) => Promise<TenantState | null>;
  readonly readUser: (tenantId: string, userId: string) => Promise<User | null>;
  /** The stored right set of what a user holds, found or made. */
  readonly rightSetOf: (user: User, expiresAt: Date) => Promise<RightSetRef>;
  /** What a right set gives; null if it is stored no longer. */
  readonly grantsOf: (tenantId: string, rightSetId: string) => Promise<SessionGrants | null>;
  /** Writes to the user inside a login's transaction; false if the user was disabled, or the password is no longer the one that was compared. */
  readonly confirmLogin: (tx: ChangeTransaction, user: User) => Promise<boolean>;
  /** What conditions may ask of a user with these roles and memberships. */
  readonly attributesOf: (user: User, roles: readonly string[], memberships: MemberOf) => Attributes;
  readonly makeRefreshToken: (tenantId: string) => { readonly token: string; readonly hash: string };
  readonly signToken: (subject: TokenSubject) => SignedToken;
}

const hour = 3_600_000;

/** How precisely it is known when a session was last used, in ms. */
const notedEvery = 60_000;

/** How often a right set that changed while it was being made is made anew before the request is given up. */
const maxAttempts = 5;

export function createSessionService(deps: SessionDeps): SessionService {
  const { model, changes, clock, sessionHours, readTenant, readUser, rightSetOf, grantsOf, attributesOf, confirmLogin, makeRefreshToken, signToken } = deps;

  /** Makes the right set for a user as the tenant's policy stands, never an older one under a newer version. */
  async function currentRights(user: User, expiresAt: Date): Promise<RightSetRef & { readonly policyVersion: number }> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const before = await readTenant(user.tenantId);
      if (before?.status !== 'active') throw new AppError('session-ended');
      const rightSet = await rightSetOf(user, expiresAt);
      const after = await readTenant(user.tenantId);
      if (after?.policyVersion === before.policyVersion) return { ...rightSet, policyVersion: before.policyVersion };
    }
    throw new AppError('not-ready');
  }

  /** Throws `session-ended`, `user-disabled`. */
  function requireActive(user: User | null, owner: TenantState | null): { readonly user: User; readonly owner: TenantState } {
    if (owner?.status !== 'active' || !user) throw new AppError('session-ended');
    if (!user.isActive) throw new AppError('user-disabled');
    return { user, owner };
  }

  /** Where sessions end for want of requests, notes once a minute at most that there was one. Throws `session-ended`. */
  async function requireLive({ _id, tenantId, seenAt, createdAt, expiresAt }: Session, { settings: { idleHours } }: TenantState): Promise<void> {
    const now = clock();
    if (expiresAt.getTime() <= now) throw new AppError('session-ended');
    if (idleHours === undefined) return;
    const idle = now - (seenAt ?? createdAt).getTime();
    if (idle >= idleHours * hour) throw new AppError('session-ended');
    if (idle >= notedEvery) await model.updateOne({ tenantId, _id }, { $max: { seenAt: new Date(now) } });
  }

  async function renew(session: Session, user: User): Promise<RightSetRef> {
    const { policyVersion, ...rightSet } = await currentRights(user, session.expiresAt);
    const { _id, tenantId } = session;
    await model.updateOne({ tenantId, _id }, { $set: { rightSetId: rightSet.id, policyVersion, accessVersion: user.accessVersion, changesAt: rightSet.changesAt } });
    return rightSet;
  }

  const signFor = (session: Session, user: User, { roleTypes, memberOf, holdings, changesAt }: RightSetRef) => signToken({
    sub: user._id, sid: session._id, tenant: user.tenantId, username: shownName(user), roles: roleTypes,
    ...claimGrants(holdings, attributesOf(user, rolesAt(user, clock()), memberOf)),
    notAfter: changesAt?.getTime() ?? Infinity,
  });

  return {
    async open(actor, user) {
      const now = clock();
      const owner = await readTenant(user.tenantId);
      const expiresAt = new Date(now + (owner?.settings.sessionHours ?? sessionHours) * hour);
      const rights = await currentRights(user, expiresAt);
      const refresh = makeRefreshToken(user.tenantId);
      const session: Session = {
        _id: newId(), tenantId: user.tenantId, userId: user._id, rightSetId: rights.id, policyVersion: rights.policyVersion,
        accessVersion: user.accessVersion, changesAt: rights.changesAt, createdAt: new Date(now), expiresAt, device: { userAgent: actor.userAgent, ip: actor.ip },
        refresh: { current: refresh.hash, used: [] },
      };
      await changes.transact({ ...actor, userId: user._id, sessionId: session._id }, async (tx) => {
        // Else a password changed, or a user disabled, at this moment would end every session but this one.
        if (!(await confirmLogin(tx, user))) throw new AppError('invalid-credentials');
        await model.create([session], { session: tx.session });
        tx.record({ action: 'session.login', target: { kind: 'session', id: session._id }, users: [user._id] });
      });
      return { session, user, access: signFor(session, user, rights), refreshToken: refresh.token };
    },

    async reissue(session) {
      const { user, owner } = requireActive(...await Promise.all([readUser(session.tenantId, session.userId), readTenant(session.tenantId)]));
      await requireLive(session, owner);
      return { session, user, access: signFor(session, user, await renew(session, user)) };
    },

    async loadCaller({ sub, sid, tenant }) {
      const [session, ...found] = await Promise.all([
        model.findOne({ tenantId: tenant, _id: sid }).lean(), readUser(tenant, sub), readTenant(tenant),
      ]);
      // Before the session, which has ended as well: a disabled user is told what to do about it.
      const { user, owner } = requireActive(...found);
      if (session?.userId !== sub) throw new AppError('session-ended');
      await requireLive(session, owner);
      const now = clock();
      const isCurrent = session.policyVersion === owner.policyVersion && session.accessVersion === user.accessVersion && (session.changesAt?.getTime() ?? Infinity) > now;
      const roles = rolesAt(user, now);
      const { grants, roleTypes, memberOf } = (isCurrent && (await grantsOf(tenant, session.rightSetId))) || (await renew(session, user));
      return {
        userId: user._id, tenantId: tenant, sessionId: sid, username: shownName(user), roles, roleTypes, grants, attributes: attributesOf(user, roles, memberOf),
      };
    },

    load: (tenantId, filter, page) => {
      // An expired session may stay stored for up to a minute until the TTL index clears it; it is over all the same.
      const live = { ...filter, tenantId, expiresAt: { $gt: new Date(clock()) } };
      return readPage(page, ({ _id }) => _id, 'ascending', (after, count) =>
        model.find(after ? { ...live, _id: after } : live).sort({ _id: 1 }).limit(count).lean());
    },

    async find(tenantId, sessionId) {
      const session = await model.findOne({ tenantId, _id: sessionId, expiresAt: { $gt: new Date(clock()) } }).lean();
      if (!session) throw new AppError('session-not-found');
      return session;
    },

    end: (actor, sessionId, action) => changes.transact(actor, async (tx) => {
      const session = await model.findOneAndDelete({ tenantId: actor.tenantId, _id: sessionId }, { session: tx.session }).lean();
      if (!session) throw new AppError('session-not-found');
      tx.record({ action, target: { kind: 'session', id: sessionId }, users: [session.userId] });
    }),

    async endAllOf({ actor, session }, userId, except = null) {
      await model.deleteMany({ tenantId: actor.tenantId, userId, ...(except !== null && { _id: { $ne: except } }) }, { session });
    },
  };
}

function shownName({ _id, username, email }: User): string {
  return username ?? email ?? _id;
}

