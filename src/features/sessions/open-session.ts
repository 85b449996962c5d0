import { AppError } from '../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { newId } from '../../platform/database/queries/new-id.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { User } from '../users/user.model.ts';
import type { CurrentRights } from './current-rights.ts';
import type { Session, SessionAuth } from './session.model.ts';
import type { SessionStore } from './session.store.ts';
import type { OpenedSession, SessionService } from './session.types.ts';
import type { SignForSession } from './session-token.ts';

export interface OpenSessionDeps {
  readonly store: Pick<SessionStore, 'create' | 'endOldestOf'>;
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly clock: () => number;
  readonly sessionHours: number;
  /** How long a session of a client lasts, in s. */
  readonly clientSeconds: number;
  readonly readTenant: (tenantId: string) => Promise<Pick<TenantState, 'settings'> | null>;
  /** Writes to the user in the transaction of a login; false if the user was disabled or the compared password was changed. */
  readonly touchForLogin: (tx: ChangeTransaction, user: User) => Promise<boolean>;
  /** The same for a client; `secretHash` is the hash of the secret that was compared. */
  readonly touchForToken: (tx: ChangeTransaction, client: SessionPrincipal, secretHash: string) => Promise<boolean>;
  readonly makeRefreshToken: (tenantId: string) => { readonly token: string; readonly hash: string };
}

const hour = 3_600_000;

/** How many sessions one client may have at the same time. */
const maxClientSessions = 100;

/** Creates the functions that start sessions. */
export function createOpenSession(
  { store, changes, clock, sessionHours, clientSeconds, readTenant, touchForLogin, touchForToken, makeRefreshToken }: OpenSessionDeps,
  currentRights: CurrentRights, signFor: SignForSession,
): Pick<SessionService, 'open' | 'openUntil' | 'openForClient'> {
  /** `touch` writes to the principal first: disabling them at the same moment then conflicts with this transaction. */
  async function begin(
    actor: Actor, user: SessionPrincipal, milliseconds: number, own: Pick<Session, 'kind' | 'refresh' | 'auth'>,
    touch: (tx: ChangeTransaction) => Promise<void>,
  ): Promise<Pick<OpenedSession, 'session' | 'access'>> {
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
      tx.record({
        action: 'session.login', target: { kind: 'session', id: session._id }, users: [user._id],
        ...(own.auth && { after: auditView(own.auth) }),
      });
    });
    return { session, access: await signFor(session, user, rights) };
  }

  const requireSamePassword = (user: User) => async (tx: ChangeTransaction) => {
    if (!(await touchForLogin(tx, user))) throw new AppError('invalid-credentials');
  };

  const lifetimeOf = async ({ tenantId }: User) => ((await readTenant(tenantId))?.settings.sessionHours ?? sessionHours) * hour;

  return {
    async open(actor, user, auth, touch = requireSamePassword(user)) {
      const milliseconds = await lifetimeOf(user);
      const refresh = makeRefreshToken(user.tenantId);
      const begun = await begin(actor, user, milliseconds, {
        kind: 'user', auth: { ...auth, amr: [...auth.amr] }, refresh: { current: refresh.hash, used: [] },
      }, touch);
      return { ...begun, user, refreshToken: refresh.token };
    },

    async openUntil(actor, user, auth, endsAt, touch) {
      const milliseconds = Math.min(await lifetimeOf(user), endsAt.getTime() - clock());
      if (milliseconds <= 0) throw new AppError('session-ended');
      return begin(actor, user, milliseconds, { kind: 'user', auth: { ...auth, amr: [...auth.amr] } }, touch);
    },

    openForClient: (actor, client, secretHash) => begin(
      actor, client, clientSeconds * 1_000, { kind: 'client', auth: { amr: [], level: 1, at: new Date(clock()) } }, async (tx) => {
        if (!(await touchForToken(tx, client, secretHash))) throw new AppError('client-refused');
      },
    ),
  };
}

function auditView({ amr, level, providerId, clientId }: SessionAuth) {
  return { amr, level, ...(providerId !== undefined && { providerId }), ...(clientId !== undefined && { clientId }) };
}
