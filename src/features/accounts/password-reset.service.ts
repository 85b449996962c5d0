import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { User } from '../users/user.model.ts';
import type { HashNew, WriteUser } from '../users/user.types.ts';
import type { OneTimeTokens } from '../links/one-time-token.types.ts';
import type { MayOrderMail, GiveVerifiedRole } from './verification.service.ts';

export interface PasswordResetService {
  /**
   * Orders the mail with the link. The page of the link leads to `returnTo`. It does the same work if no user has this address.
   *
   * Throws `too-many-requests` if the source, not the address, has ordered too many.
   */
  forgot(actor: Actor, email: string, returnTo?: string): Promise<void>;
  /**
   * Sets the password with the token of a mailed link or an invitation. Every session and every other link of the user ends.
   * The address becomes verified, because the user has read its mail. Returns the return URL of the link.
   *
   * Throws `link-invalid`, `weak-password`, `password-queue-full`.
   */
  reset(actor: Actor, input: { readonly token: string; readonly password: string }): Promise<string | undefined>;
}

export interface PasswordResetDeps {
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly tokens: Pick<OneTimeTokens, 'find' | 'take' | 'dropAllOf'>;
  readonly mayOrderMail: MayOrderMail;
  readonly hashNew: HashNew;
  readonly findUser: (tx: ChangeTransaction | null, tenantId: string, userId: string) => Promise<User | null>;
  /** Returns the form of an address that is compared. */
  readonly keyOf: (email: string) => string;
  readonly writeUser: WriteUser;
  readonly giveVerifiedRole: GiveVerifiedRole;
  readonly endSessions: (tx: ChangeTransaction, userId: string) => Promise<void>;
  /** Resets the delay after failed logins. */
  readonly forgetFailures: (user: User) => Promise<void>;
}

const kinds = ['reset-password', 'invitation'] as const;

export function createPasswordReset(deps: PasswordResetDeps): PasswordResetService {
  const { changes, clock, tokens, mayOrderMail, hashNew, findUser, keyOf, writeUser, giveVerifiedRole, endSessions, forgetFailures } = deps;
  const now = () => new Date(clock());

  return {
    async forgot(actor, email, returnTo) {
      if (!(await mayOrderMail(actor, 'reset-password', email))) return;
      await changes.transact(actor, (tx) => {
        tx.mail({ kind: 'reset-password', email, ...(returnTo !== undefined && { returnTo }) });
        return Promise.resolve();
      });
    },

    async reset(actor, { token, password: chosen }) {
      const { tenantId } = actor;
      const found = await tokens.find(tenantId, kinds, token, now());
      const owner = found && await findUser(null, tenantId, found.userId);
      if (!owner) throw new AppError('link-invalid');
      const password = await hashNew(chosen, owner, actor);
      const returnTo = await changes.transact({ ...actor, userId: owner._id }, async (tx) => {
        const link = await tokens.take(tx, kinds, token, now());
        const user = link && await findUser(tx, tenantId, link.userId);
        if (!user?.isActive || user.externalId !== undefined || user.emailKey === undefined || user.emailKey !== keyOf(
          link?.email ?? '',
        )) throw new AppError('link-invalid');
        await endSessions(tx, user._id);
        await tokens.dropAllOf(tx, user._id);
        if (link?.kind === 'reset-password' && user.email !== undefined) tx.mail(
          { kind: 'password-changed', userId: user._id, email: user.email },
        );
        await writeUser(tx, 'user.reset-password', user, { password, ...await giveVerifiedRole(tx, user) }, { raises: true });
        return link?.returnTo;
      });
      await forgetFailures(owner);
      return returnTo;
    },
  };
}
