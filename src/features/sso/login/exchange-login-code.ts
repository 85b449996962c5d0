import { createHash } from 'node:crypto';
import { AppError } from '../../../errors/errors.ts';
import type { Actor } from '../../../platform/changes/change.service.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { User } from '../../users/user.model.ts';
import { hashSecret } from './login-cookie.ts';
import type { LoginCodeStore } from './login-code.store.ts';
import type { LoginBecoming, ProvenLogin, LoginProviders } from './login-ports.types.ts';

export interface ExchangeCodeDeps<Opened> {
  readonly codes: Pick<LoginCodeStore, 'take'>;
  readonly providers: LoginProviders;
  readonly isLinked: LoginBecoming['isLinked'];
  readonly readUser: (tenantId: string, userId: string) => Promise<User | null>;
  /** Whether users of the tenant get in, as this transaction sees it. */
  readonly isTenantActive: (tenantId: string, session: ClientSession) => Promise<boolean>;
  /** Opens the session, after the actor's `requireAllowed` and in one transaction with it. Throws `invalid-credentials`. */
  readonly open: (actor: Actor, user: User, proof: ProvenLogin) => Promise<Opened>;
  /** Ends a session that was opened while its provider was switched off. */
  readonly endOpened: (opened: Opened) => Promise<void>;
  /** The tenant that the code names; null if its form is wrong. */
  readonly tenantOf: (code: string) => string | null;
  readonly clock: () => number;
}

/** Exchanges the code of a login for a session. Null if the code is wrong, was used, is too old, or opens nothing any more. */
export type ExchangeLoginCode<Opened> = (actor: Actor, code: string, codeVerifier: string) => Promise<Opened | null>;

/**
 * Creates the exchange of codes.
 *
 * The transaction that opens the session checks once more that tenant, user and identity count. The provider is checked in it and after
 * it: one that is switched off at the same moment ends every session that it sees, and a session that it did not see is ended here.
 */
export function createExchangeLoginCode<Opened>(deps: ExchangeCodeDeps<Opened>): ExchangeLoginCode<Opened> {
  const { codes, providers, isLinked, readUser, isTenantActive, open, endOpened, tenantOf, clock } = deps;
  const isProviderActive = async (providerId: string) => (await providers.find(providerId))?.status === 'active';

  return async (anyone, code, codeVerifier) => {
    const tenantId = tenantOf(code);
    if (tenantId === null) return null;
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const taken = await codes.take(tenantId, { _id: hashSecret(code), codeChallenge: challenge }, new Date(clock()));
    if (!taken) return null;
    const { userId, proof } = taken;
    const user = await readUser(tenantId, userId);
    if (!user?.isActive) return null;
    const actor: Actor = {
      ...anyone, tenantId,
      async requireAllowed(session) {
        const counts = await isProviderActive(proof.providerId) && await isTenantActive(tenantId, session)
          && await isLinked(session, tenantId, proof.identityId, userId);
        if (!counts) throw new AppError('invalid-credentials');
      },
    };
    const opened = await open(actor, user, proof).catch((error: unknown): null => {
      if (error instanceof AppError && error.code === 'invalid-credentials') return null;
      throw error;
    });
    if (opened === null || await isProviderActive(proof.providerId)) return opened;
    await endOpened(opened);
    return null;
  };
}
