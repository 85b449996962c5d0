import type { Actor, ChangeService } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { RefreshTokens } from '../../tokens/refresh-tokens.ts';
import type { Session } from './session.model.ts';
import type { OpenedSession, SessionService } from './session.types.ts';
import type { SessionStore } from './session.store.ts';

export interface RefreshDeps {
  readonly store: Pick<SessionStore, 'findByHash' | 'exchange' | 'end'>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly tokens: RefreshTokens;
  readonly reissue: SessionService['reissue'];
}

/** Throws `refresh-token-invalid`, `session-ended`, `user-disabled`. */
export type Refresh = (actor: Actor, refreshToken: string) => Promise<OpenedSession>;

/** How long an exchanged token still gets the same successor, in ms: two tabs may use it at once, or an answer may get lost. */
const grace = 10_000;

/**
 * Creates the exchange of a refresh token for its successor and a new access token (RFC 9700 section 4.14.2).
 *
 * A session has one live refresh token. For 10 s, an exchanged token gets the same successor again. A later use means that two
 * parties have it. Nobody can tell which one is the thief, so the session ends. An exchange does not make a session longer.
 */
export function createRefresh({ store, changes, clock, tokens, reissue }: RefreshDeps): Refresh {
  async function endForReuse(actor: Actor, { _id, tenantId, userId }: Session): Promise<never> {
    await changes.transact({ ...actor, tenantId, userId, sessionId: _id }, async (tx) => {
      if (await store.end(tx, _id)) tx.record({ action: 'session.end-for-reuse', target: { kind: 'session', id: _id }, users: [userId] });
    });
    throw new AppError('refresh-token-invalid');
  }

  return async (actor, refreshToken) => {
    const read = tokens.read(refreshToken);
    if (!read) throw new AppError('refresh-token-invalid');
    const { tenantId, hash } = read;
    const successor = tokens.next(refreshToken);

    const session = await store.findByHash(tenantId, hash);
    if (!session) throw new AppError('refresh-token-invalid');
    const isLive = session.refresh?.current === hash;
    if (!isLive && !isInGrace(session, hash, clock())) return endForReuse(actor, session);
    const reissued = await reissue(session);
    if (isLive && !(await store.exchange(session, { hash, at: new Date(clock()) }, successor.hash))) {
      // Another request was first. This is allowed if it exchanged the same token within the last 10 s.
      const now = await store.findByHash(tenantId, hash);
      if (!now || !isInGrace(now, hash, clock())) throw new AppError('refresh-token-invalid');
    }
    return { ...reissued, refreshToken: successor.token };
  };
}

function isInGrace({ refresh }: Session, hash: string, now: number): boolean {
  const used = refresh?.used.find((each) => each.hash === hash);
  return used !== undefined && now - used.at.getTime() <= grace;
}
