import { createHash } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { isDuplicate } from '../../../platform/database/queries/duplicate.ts';
import type { AssertedPerson, Becoming } from '../../identities/identity.types.ts';
import type { Session, SessionAuth } from '../../sessions/session.model.ts';
import type { OpenedSession, SessionService } from '../../sessions/session.types.ts';
import type { User } from '../../users/user.model.ts';
import { clockTolerance } from '../oidc/claim-checks.ts';
import type { AssertedProof } from '../oidc/claims/login-proof.ts';
import type { UsableProvider } from '../provider.types.ts';
import type { LoginLocks } from '../providers/login-locks.ts';
import type { BearerProvider } from './bearer-provider.ts';
import type { AcceptedToken } from './read-token.ts';
import type { TokenSessionStore } from './token-session.store.ts';

/** What opens a session: a person whom a provider proved without a browser login. */
export interface NamedPerson {
  readonly provider: UsableProvider;
  readonly person: AssertedPerson;
  readonly proof: AssertedProof;
}

/** A token that was verified, and what it is used for. */
export interface TokenUse {
  readonly provider: BearerProvider;
  readonly token: string;
  readonly accepted: AcceptedToken;
  readonly kind: 'direct' | 'exchange';
  /** The client that exchanges the token. */
  readonly clientId?: string;
}

/** Opens sessions of persons whom a provider proved without a browser. */
export interface TokenSessions {
  /**
   * The session of a token. Its first use opens it, and it ends with the token at the latest. `access` is absent if it was open before.
   *
   * Throws `session-ended` if the session has ended, and the codes with which somebody does not get in.
   */
  ofToken(actor: Actor, use: TokenUse): Promise<Pick<OpenedSession, 'session'> & Partial<Pick<OpenedSession, 'access'>>>;
  /** Who a person becomes, and the check for the transaction that opens their session. Both throw the codes of a refused person. */
  admit(actor: Actor, proved: NamedPerson): Promise<{
    readonly user: User; readonly auth: SessionAuth; readonly touch: (tx: ChangeTransaction) => Promise<void>;
  }>;
}

export interface TokenSessionDeps {
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly becoming: Pick<Becoming, 'become' | 'isLinked'>;
  readonly loginLocks: Pick<LoginLocks, 'requireActive'>;
  /** Notes the login of a user in the transaction; false if the user is not active. */
  readonly touchActive: (tx: ChangeTransaction, userId: string) => Promise<boolean>;
  readonly sessions: Pick<SessionService, 'openUntil' | 'find'>;
  readonly store: TokenSessionStore;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the function that opens sessions without a browser. */
export function createTokenSessions(
  { changes, becoming, loginLocks, touchActive, sessions, store, clock }: TokenSessionDeps,
): TokenSessions {
  const admit: TokenSessions['admit'] = async (actor, { provider, person, proof }) => {
    const { user, identityId } = await changes.transact(actor, (tx) => becoming.become(tx, provider, person));
    return {
      user, auth: { ...proof, amr: [...proof.amr], providerId: provider._id, identityId },
      // Each of these writes, so that the end of provider, identity or user at the same moment conflicts with this transaction.
      async touch(tx) {
        await loginLocks.requireActive(tx, provider._id, provider.revision);
        if (!await becoming.isLinked(tx, identityId, user._id)) throw new AppError('identity-not-allowed');
        if (!await touchActive(tx, user._id)) throw new AppError('user-disabled');
      },
    };
  };

  async function openedBefore(tenantId: string, digest: string): Promise<Session | null> {
    const sessionId = await store.find(tenantId, digest, new Date(clock()));
    if (sessionId === null) return null;
    return sessions.find(tenantId, sessionId).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'session-not-found' ? new AppError('session-ended') : error;
    });
  }

  return {
    admit,
    async ofToken(actor, { provider, token, accepted, kind, clientId }) {
      const { tenantId, _id: providerId } = provider;
      const digest = digestOf(token, [providerId, kind, clientId ?? null]);
      const before = await openedBefore(tenantId, digest);
      if (before) return { session: before };
      const { expiresAt, person, proof } = accepted;
      const { user, auth, touch } = await admit(actor, { provider: withoutCreating(provider), person, proof });
      const rowEnd = new Date(expiresAt.getTime() + 2_000 * clockTolerance);
      try {
        return await sessions.openUntil(actor, user, { ...auth, ...(clientId !== undefined && { clientId }) }, expiresAt, async (tx) => {
          await touch(tx);
          await store.add(tx, { _id: digest, tenantId, providerId, sessionId: tx.actor.sessionId ?? '', expiresAt: rowEnd });
        });
      } catch (error) {
        // Another first use of the same token was faster.
        const other = isDuplicate(error) ? await openedBefore(tenantId, digest) : null;
        if (other) return { session: other };
        throw error;
      }
    },
  };
}

/** An unknown person becomes a user by a token only if the provider says so: `create` is about logins. */
export function withoutCreating<P extends UsableProvider>(provider: P): P {
  const { create: _create, linkByEmail, createFromToken = false, ...provisioning } = provider.provisioning;
  return {
    ...provider,
    provisioning: { ...provisioning, create: createFromToken, ...(createFromToken && linkByEmail !== undefined && { linkByEmail }) },
  };
}

/** Of what is signed, without the signature: an elliptic curve has a second signature for the same text that anybody can make. */
function digestOf(token: string, use: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify([token.slice(0, token.lastIndexOf('.')), ...use])).digest('hex');
}
