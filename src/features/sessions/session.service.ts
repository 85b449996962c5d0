import { rolesAt } from '../../engine/grants/role-times.ts';
import { AppError } from '../../errors/errors.ts';
import type { ChangeService } from '../../platform/changes/change.service.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { RightSetRef, SessionGrants } from '../grants/right-set.types.ts';
import { authOf } from '../../tokens/token-login.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { User } from '../users/user.model.ts';
import { createCurrentRights } from './current-rights.ts';
import type { CurrentRightsDeps, Known } from './current-rights.ts';
import { createRequireLive, requireActive } from './live-session.ts';
import { createOpenSession } from './open-session.ts';
import type { OpenSessionDeps } from './open-session.ts';
import type { Session } from './session.model.ts';
import type { SessionStore } from './session.store.ts';
import { createSignForSession, displayName } from './session-token.ts';
import type { SessionTokenDeps } from './session-token.ts';
import type { SessionService } from './session.types.ts';

export interface SessionDeps extends Omit<CurrentRightsDeps, 'readPrincipal' | 'readTenant'>,
  Omit<OpenSessionDeps, 'readTenant' | 'store' | 'changes'>, SessionTokenDeps {
  readonly readTenant: (tenantId: string, snapshot?: ClientSession) => Promise<TenantState | null>;
  readonly store: SessionStore;
  readonly changes: ChangeService;
  readonly readUser: (tenantId: string, userId: string, snapshot?: ClientSession) => Promise<User | null>;
  readonly readClient: (tenantId: string, clientId: string, snapshot?: ClientSession) => Promise<SessionPrincipal | null>;
  /** The grants of a stored right set; null if it is no longer stored. */
  readonly grantsOf: (tenantId: string, rightSetId: string) => Promise<SessionGrants | null>;
}

/** Creates the service that opens, reads and ends sessions, and finds the caller of a verified token. */
export function createSessionService(deps: SessionDeps): SessionService {
  const { store, changes, clock, readTenant, readUser, readClient, grantsOf, attributesOf } = deps;

  const readPrincipal = (
    kind: Session['kind'], tenantId: string, userId: string, snapshot?: ClientSession,
  ): Promise<SessionPrincipal | null> =>
    (kind === 'client' ? readClient : readUser)(tenantId, userId, snapshot);
  const currentRights = createCurrentRights({ ...deps, readPrincipal });
  const requireLive = createRequireLive(deps);
  const signFor = createSignForSession(deps);

  /** Throws `session-ended`, `user-disabled`. */
  async function renew(session: Session, known: Known): Promise<{ readonly user: SessionPrincipal; readonly rights: RightSetRef }> {
    const { user, rights, good } = await currentRights(session, known);
    if (!user.isActive) throw new AppError('user-disabled');
    await store.storeRights(session, good);
    return { user, rights };
  }

  const reissue: SessionService['reissue'] = async (session) => {
    const { user, owner } = requireActive(
      ...await Promise.all([readUser(session.tenantId, session.userId), readTenant(session.tenantId)]),
    );
    await requireLive(session, owner);
    const current = await renew(session, { user, owner });
    return { session, user, access: await signFor(session, current.user, current.rights) };
  };

  return {
    ...createOpenSession(deps, currentRights, signFor),
    reissue,
    confirm: createConfirm(deps, reissue),

    async loadCaller(claims) {
      const { sub, sid, client_id, tenant } = claims;
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
          userId: sub, tenantId: tenant, sessionId: sid, username: displayName(current.user), roles, roleTypes, grants,
          attributes: attributesOf(current.user, roles, memberOf), ...authOf(claims),
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
      return { session, username: displayName(user) };
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

function createConfirm(
  { store, changes }: Pick<SessionDeps, 'store' | 'changes'>, reissue: SessionService['reissue'],
): SessionService['confirm'] {
  return async (actor, sessionId, proof, check) => {
    const session = await changes.transact(actor, async (tx) => {
      await check(tx);
      const raised = await store.raiseAuth(tx, sessionId, proof);
      if (!raised) throw new AppError('session-ended');
      const { amr, level } = proof;
      tx.record({ action: 'session.confirm', target: { kind: 'session', id: sessionId }, after: { amr, level } });
      return raised;
    });
    return (await reissue(session)).access;
  };
}
