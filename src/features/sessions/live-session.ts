import { AppError } from '../../errors/errors.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { TenantState } from '../tenants/tenant.store.ts';
import type { Session } from './session.model.ts';
import type { SessionStore } from './session.store.ts';

const hour = 3_600_000;

/** The shortest time between two notes of when a session was last used, in ms. */
const notedEvery = 60_000;

/** Throws `session-ended` if the principal or an active tenant is missing, and `user-disabled`. */
export function requireActive<P extends SessionPrincipal>(
  user: P | null, owner: TenantState | null,
): { readonly user: P; readonly owner: TenantState } {
  if (owner?.status !== 'active' || !user) throw new AppError('session-ended');
  if (!user.isActive) throw new AppError('user-disabled');
  return { user, owner };
}

/** Throws `session-ended` if a session has ended or was not used for too long. Otherwise notes the use, at most once a minute. */
export type RequireLive = (session: Session, owner: Pick<TenantState, 'settings'>) => Promise<void>;

/** Creates the check of a session. Only tenants whose unused sessions end have their uses noted. */
export function createRequireLive({ store, clock }: {
  readonly store: Pick<SessionStore, 'noteSeen'>;
  readonly clock: () => number;
}): RequireLive {
  return async (session, { settings: { idleHours } }) => {
    const { seenAt, createdAt, expiresAt } = session;
    const now = clock();
    if (expiresAt.getTime() <= now) throw new AppError('session-ended');
    if (idleHours === undefined) return;
    const idle = now - (seenAt ?? createdAt).getTime();
    if (idle >= idleHours * hour) throw new AppError('session-ended');
    if (idle >= notedEvery) await store.noteSeen(session, new Date(now));
  };
}
