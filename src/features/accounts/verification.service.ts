import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { User } from '../users/user.model.ts';
import type { WriteUser } from '../users/user.types.ts';
import type { OneTimeTokens } from '../links/one-time-token.types.ts';
import type { ProvePassword } from './proofs/password-proof.ts';

export interface VerificationService {
  /**
   * Confirms the address that a link was mailed to: the present address of the user, or the new one. A guest becomes a user.
   *
   * Link and password must both be right. If somebody registers the address of another person, that person's click alone must
   * not verify the account. Throws `link-invalid`, `wrong-password`, `too-many-requests`, `email-taken`.
   */
  verify(actor: Actor, input: { readonly token: string; readonly password: string }): Promise<Verified>;
  /**
   * Orders the mail again. The page of its link leads to `returnTo`. It does the same work if no user has this address.
   *
   * Throws `too-many-requests` if the source, not the address, has ordered too many.
   */
  resend(actor: Actor, email: string, returnTo?: string): Promise<void>;
}

/** The user with a confirmed address, and the return URL of the link. */
export interface Verified {
  readonly user: User;
  readonly returnTo: string | undefined;
}

export interface VerificationDeps {
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly tokens: Pick<OneTimeTokens, 'find' | 'take' | 'dropAllOf'>;
  readonly provePassword: ProvePassword;
  readonly mayOrderMail: MayOrderMail;
  readonly findUser: (tx: ChangeTransaction, userId: string) => Promise<User | null>;
  readonly requireFreeEmail: (tx: ChangeTransaction, email: string, except: string) => Promise<string>;
  /** Returns the form of an address that is compared. */
  readonly keyOf: (email: string) => string;
  readonly orderAddressConfirmation: (tx: ChangeTransaction, who: { readonly email: string }, returnTo?: string) => void;
  readonly writeUser: WriteUser;
  readonly giveVerifiedRole: GiveVerifiedRole;
}

/** Counts an ordered mail. False if the address has reached its limit. Throws `too-many-requests` if the source has. */
export type MayOrderMail = (actor: Actor, kind: 'verify-email' | 'reset-password', email: string) => Promise<boolean>;

/**
 * Returns the fields to write when the address of a user becomes verified.
 *
 * The first time, the role `user`, or the default role of the tenant, replaces `guest`. Assigned roles stay. Later verifications
 * give no role, so that users cannot get back by mail a role that was taken from them.
 */
export type GiveVerifiedRole = (
  tx: ChangeTransaction, user: Pick<User, 'roles' | 'roleTimes' | 'emailVerified' | 'verifiedRoleGiven'>,
) => Promise<Partial<User>>;

const kinds = ['verify-email', 'change-email'] as const;

export function createVerificationService(deps: VerificationDeps): VerificationService {
  const { changes, clock, tokens, provePassword, mayOrderMail, findUser, requireFreeEmail } = deps;
  const { keyOf, orderAddressConfirmation, writeUser, giveVerifiedRole } = deps;
  const now = () => new Date(clock());

  return {
    async verify(actor, { token, password }) {
      const found = await tokens.find(actor.tenantId, kinds, token, now());
      if (!found) throw new AppError('link-invalid');
      const { userId } = found;
      await provePassword(actor, userId, password, { kind: 'token', id: found._id });
      return changes.transact({ ...actor, userId }, async (tx) => {
        const link = await tokens.take(tx, kinds, token, now());
        const user = link && await findUser(tx, userId);
        if (!user?.isActive || link?.email === undefined) throw new AppError('link-invalid');
        const verified = await giveVerifiedRole(tx, user);
        if (link.kind === 'verify-email') {
          if (user.emailKey !== keyOf(link.email)) throw new AppError('link-invalid');
          return { user: await writeUser(tx, 'user.verify-email', user, verified, { raises: true }), returnTo: link.returnTo };
        }
        const emailKey = await requireFreeEmail(tx, link.email, userId);
        await tokens.dropAllOf(tx, userId);
        if (user.email !== undefined) tx.mail({ kind: 'email-changed', userId, email: user.email });
        const set = { ...verified, email: link.email, emailKey };
        return { user: await writeUser(tx, 'user.change-email', user, set, { raises: true }), returnTo: link.returnTo };
      });
    },

    async resend(actor, email, returnTo) {
      if (!(await mayOrderMail(actor, 'verify-email', email))) return;
      await changes.transact(actor, (tx) => {
        orderAddressConfirmation(tx, { email }, returnTo);
        return Promise.resolve();
      });
    },
  };
}
