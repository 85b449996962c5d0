import type { Caller } from '../../engine/caller.ts';
import type { ProvePassword } from './password-proof.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
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
  /** Erases the caller. Throws `last-superadmin`. */
  deleteAccount(actor: Actor, caller: Caller, password: string): Promise<void>;
}

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
}

export function createProfileService(deps: ProfileDeps): ProfileService {
  const { changes, tokens, provePassword, isStill, hashNew, findUser, requireFreeEmail, writeUser, endSessions, erase } = deps;
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

    async deleteAccount(actor, caller, password) {
      const proved = await prove(actor, caller, password);
      // The audit record of the deletion must not store address and device of the user, which the deletion erases.
      await changes.transact({ ...actor, ip: null, userAgent: null }, async (tx) => {
        await erase(tx, 'user.delete-account', await findProved(tx, proved));
      });
    },
  };
}
