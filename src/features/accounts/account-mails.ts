import type { MailOrder } from '../../platform/changes/outbox.model.ts';
import { isLinkKind, mails } from '../../platform/mail/mails.ts';
import type { LinkKind, MailKind } from '../../platform/mail/mails.ts';
import type { MailFacts, MailText } from '../../platform/mail/mail.texts.ts';
import type { User } from '../users/user.model.ts';
import type { OneTimeTokenOrder } from '../links/one-time-token.types.ts';

/** A mail to one address. */
export interface AccountMail extends MailText {
  readonly to: string;
}

export interface AccountMailDeps {
  /** With the password, if there is one. */
  readonly findUser: (tenantId: string, userId: string) => Promise<User | null>;
  /** The same by the address, in whatever letter case. */
  readonly findUserByEmail: (tenantId: string, email: string) => Promise<User | null>;
  /** Resolves once the token is committed, so that no link arrives before it is good. */
  readonly replaceToken: (tenantId: string, order: OneTimeTokenOrder) => Promise<string>;
  readonly writeMail: (kind: MailKind, facts: MailFacts) => MailText;
  /** What links begin with, whatever Host header a request had. */
  readonly publicUrl: string;
  readonly clock: () => number;
}

/**
 * Creates the function that decides about each ordered mail when it is sent: the receiver, the address and the new token.
 *
 * Null: nobody does, because the user is not known, or not, or no longer, somebody it is for. A mail with a link goes to
 * active users alone, and to nobody whom the host's own service knows: `verify-email` to one with a password whose address is not verified, `invitation` to one without a password.
 */
export function createAccountMails(deps: AccountMailDeps): (tenantId: string, order: MailOrder) => Promise<AccountMail | null> {
  const { findUser, findUserByEmail, replaceToken, writeMail, publicUrl, clock } = deps;

  return async function prepare(tenantId, { kind, userId, email }) {
    const user = userId !== undefined ? await findUser(tenantId, userId) : await findUserByEmail(tenantId, email);
    if (!isLinkKind(kind)) {
      const to = email ?? user?.email;
      return to === undefined ? null : { to, ...writeMail(kind, nameOf(user)) };
    }
    // Without its user a change of address would be a link for the user who holds that address.
    const to = kind === 'change-email' ? userId !== undefined && email : user?.email;
    const { lifetime, isFor } = mails[kind].link;
    // A user with a password at the host gets none here.
    if (!user?.isActive || user.externalId !== undefined || !to) return null;
    if (!isFor({ hasPassword: user.password !== undefined, isVerified: user.emailVerified ?? false })) return null;
    const token = await replaceToken(tenantId, { kind, userId: user._id, email: to, expiresAt: new Date(clock() + lifetime) });
    return { to, ...writeMail(kind, { ...nameOf(user), link: { url: linkOf(publicUrl, kind, token), lifetime } }) };
  };
}

/** The secret stands after the #, which is never sent to a server, nor logged by one. */
function linkOf(publicUrl: string, kind: LinkKind, token: string): string {
  return `${publicUrl}/users/confirm#token=${token}&for=${kind}`;
}

function nameOf(user: User | null): { username?: string } {
  return user?.username === undefined ? {} : { username: user.username };
}
