import type { Caller } from '../../engine/caller.ts';
import type { LoginLevel } from '../../engine/recent-login.ts';
import type { ProvePassword } from './proofs/password-proof.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { SignedToken } from '../../tokens/access-token.ts';
import type { User } from '../users/user.model.ts';
import type { EraseUser, HashNew, WriteUser } from '../users/user.types.ts';
import type { OneTimeTokens } from '../links/one-time-token.types.ts';

/**
 * Changes of users to their own account.
 *
 * Methods that take a password throw `wrong-password`, `too-many-requests`, `password-queue-full` in addition to their own errors.
 */
export interface ProfileService {
  /** Changes names and language, and nothing else. Throws `version-conflict`. */
  update(actor: Actor, caller: Caller, action: ProfileAction, names: ProfileNames & { readonly version?: number }): Promise<User>;
  /** Mails a link to the new address. The address changes when the link is used. Throws `email-taken`. */
  changeEmail(actor: Actor, caller: Caller, input: { readonly email: string; readonly password: string }): Promise<void>;
  /** Changes the password. Every other session and every mailed link ends. Throws `weak-password`. */
  setPassword(actor: Actor, caller: Caller, input: { readonly currentPassword: string; readonly newPassword: string }): Promise<void>;
  /**
   * Proves the caller's identity again, and returns a new access token of the same session, with which the login is recent.
   *
   * Throws `login-method-closed`, `session-ended`, `user-disabled`.
   */
  confirmIdentity(actor: Actor, caller: Caller, proof: IdentityProof): Promise<SignedToken>;
  /** Erases the caller. Throws `last-superadmin`. */
  deleteAccount(actor: Actor, caller: Caller, password: string): Promise<void>;
}

/** What proves an identity. Further proofs are further forms of this type, each with its own methods and level. */
export interface IdentityProof {
  readonly password: string;
}

/** Raises the login of a session, and signs an access token of it. */
export type ConfirmSession = (
  actor: Actor, sessionId: string, proof: { amr: string[]; level: LoginLevel; at: Date },
  check: (tx: ChangeTransaction) => Promise<unknown>,
) => Promise<SignedToken>;

export type ProfileAction = 'user.change-username' | 'user.update-profile';
export type ProfileNames = Readonly<Pick<Partial<User>, 'username' | 'firstName' | 'lastName' | 'language'>>;

export interface ProfileDeps {
  readonly changes: ChangeService;
  readonly tokens: Pick<OneTimeTokens, 'dropAllOf'>;
  readonly provePassword: ProvePassword;
  /** Whether the stored password is still the one that was compared. */
  readonly isStill: (kept: User['password'], compared: User['password']) => boolean;
  readonly hashNew: HashNew;
  /** Throws `user-not-found`. */
  readonly findUser: (tx: ChangeTransaction, userId: string) => Promise<User>;
  readonly requireFreeEmail: (tx: ChangeTransaction, email: string, except: string) => Promise<string>;
  readonly writeUser: WriteUser;
  readonly endSessions: (tx: ChangeTransaction, userId: string, except: string) => Promise<void>;
  readonly erase: EraseUser;
  /** Whether users of a tenant may log in by password. */
  readonly takesPasswords: (tenantId: string) => Promise<boolean>;
  readonly confirmSession: ConfirmSession;
  /** ms since 1970 */
  readonly clock: () => number;
}

export function createProfileService(deps: ProfileDeps): ProfileService {
  const { changes, tokens, provePassword, isStill, hashNew, findUser, requireFreeEmail, writeUser, endSessions, erase } = deps;
  const { takesPasswords, confirmSession, clock } = deps;
  const prove = (
    actor: Actor, { userId, sessionId }: Caller, password: string,
  ) => provePassword(actor, userId, password, { kind: 'session', id: sessionId });

  /** Reads the user inside the transaction. Throws `wrong-password` if the password was changed since it was compared. */
  async function findProved(tx: ChangeTransaction, proved: User): Promise<User> {
    const user = await findUser(tx, proved._id);
    if (!isStill(user.password, proved.password)) throw new AppError('wrong-password');
    return user;
  }

  return {
    update: (actor, { userId }, action, { version, ...names }) => changes.transact(actor, async (tx) => {
      const user = await findUser(tx, userId);
      if (version !== undefined && version !== user.version) throw new AppError('version-conflict');
      return writeUser(tx, action, user, names);
    }),

    async changeEmail(actor, caller, { email, password }) {
      const proved = await prove(actor, caller, password);
      await changes.transact(actor, async (tx) => {
        const { _id } = await findProved(tx, proved);
        await requireFreeEmail(tx, email, _id);
        tx.record({ action: 'user.ask-change-email', target: { kind: 'user', id: _id } });
        tx.mail({ kind: 'change-email', userId: _id, email });
      });
    },

    async setPassword(actor, caller, { currentPassword, newPassword }) {
      const proved = await prove(actor, caller, currentPassword);
      const password = await hashNew(newPassword, proved, actor);
      await changes.transact(actor, async (tx) => {
        const user = await findProved(tx, proved);
        await endSessions(tx, user._id, caller.sessionId);
        await tokens.dropAllOf(tx, user._id, ['reset-password', 'change-email']);
        if (user.email !== undefined) tx.mail({ kind: 'password-changed', userId: user._id, email: user.email });
        await writeUser(tx, 'user.set-password', user, { password });
      });
    },

    async confirmIdentity(actor, caller, { password }) {
      // A password that opens no session proves nothing here either.
      if (!(await takesPasswords(actor.tenantId))) throw new AppError('login-method-closed');
      const proved = await prove(actor, caller, password);
      const proof = { amr: ['pwd'], level: 1 as const, at: new Date(clock()) };
      return confirmSession(actor, caller.sessionId, proof, (tx) => findProved(tx, proved));
    },

    async deleteAccount(actor, caller, password) {
      const proved = await prove(actor, caller, password);
      // The audit record of the deletion must not store address and device of the user, which the deletion erases.
      await changes.transact({ ...actor, ip: null, userAgent: null }, async (tx) => {
        await erase(tx, 'user.delete-account', await findProved(tx, proved));
      });
    },
  };
}
