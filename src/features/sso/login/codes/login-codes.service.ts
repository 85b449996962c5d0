import { createHash } from 'node:crypto';
import type { Caller } from '../../../../engine/caller.ts';
import { AppError } from '../../../../errors/errors.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../../../platform/changes/change.service.ts';
import type { SignedToken } from '../../../../tokens/access-token.ts';
import type { AssertedPerson, Becoming } from '../../../identities/identity.types.ts';
import type { SentCode } from '../../../sessions/login/login-return.shape.ts';
import type { OpenedSession, SessionService } from '../../../sessions/session.types.ts';
import type { UserStore } from '../../../users/user.store.ts';
import type { LoginLocks } from '../../providers/login-locks.ts';
import type { LoginProviders } from '../login-ports.types.ts';
import { hashSecret } from '../transactions/login-cookie.ts';
import type { LoginCode } from './login-code.model.ts';
import type { LoginCodeStore } from './login-code.store.ts';

/**
 * Redeems the codes of logins. All throw `code-invalid` if the code is wrong, was used, is too old, or if the person, the provider or the
 * tenant does not count any more.
 */
export interface LoginCodes {
  /** Opens the session of a login. The actor belongs to the tenant that the code names. */
  exchange(actor: Actor, sent: SentCode): Promise<OpenedSession>;
  /** Notes in the caller's session that the provider has proved their identity again. Throws `session-ended`, `user-disabled`. */
  confirm(actor: Actor, caller: Caller, sent: SentCode): Promise<SignedToken>;
  /** Links the person who logged in to the caller, and answers the id of the identity. Throws `identity-taken`, `user-disabled`. */
  link(actor: Actor, caller: Caller, sent: SentCode): Promise<string>;
}

export interface LoginCodesDeps {
  readonly codes: Pick<LoginCodeStore, 'find' | 'take'>;
  readonly changes: Pick<ChangeService, 'transact'>;
  readonly providers: LoginProviders;
  readonly requireActive: LoginLocks['requireActive'];
  readonly becoming: Pick<Becoming, 'isLinked' | 'link'>;
  readonly users: Pick<UserStore, 'read' | 'touchActive'>;
  readonly sessions: Pick<SessionService, 'open' | 'confirm'>;
  /** Whether users of the tenant may log in through providers, as this transaction sees it. */
  readonly isOpen: (tx: ChangeTransaction) => Promise<boolean>;
  readonly clock: () => number;
}

/**
 * Creates the service that redeems codes.
 *
 * The transaction that uses up the code checks once more that tenant, provider, identity and user count. It conflicts with the end of
 * each of them at the same moment, so that no session outlives them.
 */
export function createLoginCodes(
  { codes, changes, providers, requireActive, becoming, users, sessions, isOpen, clock }: LoginCodesDeps,
): LoginCodes {
  async function find(tenantId: string, kind: LoginCode['kind'], { code, codeVerifier }: SentCode): Promise<LoginCode> {
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const found = await codes.find(tenantId, { _id: hashSecret(code), kind, codeChallenge }, new Date(clock()));
    if (!found) throw new AppError('code-invalid');
    return found;
  }

  const useUp = ({ _id, providerId, revision, identityId, userId }: LoginCode) => async (tx: ChangeTransaction) => {
    const holds = await codes.take(tx, _id) && await isOpen(tx)
      && (identityId === undefined || await becoming.isLinked(tx, identityId, userId));
    if (!holds) throw new AppError('code-invalid');
    await requireActive(tx, providerId, revision).catch((error: unknown) => { throw asInvalid(error); });
  };

  /** A code counts for the caller who began: nobody can link or confirm with the login of somebody else. */
  async function findOwn({ tenantId, userId }: Caller, kind: LoginCode['kind'], sent: SentCode): Promise<LoginCode> {
    const found = await find(tenantId, kind, sent);
    if (found.userId !== userId) throw new AppError('code-invalid');
    return found;
  }

  return {
    async exchange(actor, sent) {
      const { tenantId } = actor;
      const found = await find(tenantId, 'login', sent);
      const { userId, identityId, providerId, proof } = found;
      const user = await users.read(tenantId, userId);
      if (!user || identityId === undefined) throw new AppError('code-invalid');
      const auth = { ...proof, amr: [...proof.amr], providerId, identityId };
      return sessions.open(actor, user, auth, async (tx) => {
        await useUp(found)(tx);
        if (!await users.touchActive(tx, userId)) throw new AppError('code-invalid');
      });
    },

    async confirm(actor, caller, sent) {
      const found = await findOwn(caller, 'confirm', sent);
      const { amr, level, at } = found.proof;
      return sessions.confirm(actor, caller.sessionId, { amr: [...amr], level, at }, useUp(found));
    },

    async link(actor, caller, sent) {
      const found = await findOwn(caller, 'link', sent);
      const provider = await providers.find(found.providerId);
      if (!provider || found.person === undefined) throw new AppError('code-invalid');
      const person = JSON.parse(found.person) as AssertedPerson; // written by the end of the login alone
      const { identityId } = await changes.transact(actor, async (tx) => {
        await useUp(found)(tx);
        return becoming.link(tx, provider, person, caller.userId);
      });
      return identityId;
    },
  };
}

function asInvalid(error: unknown): unknown {
  return error instanceof AppError && error.code === 'provider-not-found' ? new AppError('code-invalid', {}, error) : error;
}
