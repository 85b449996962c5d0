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
  /** Returns the user with the stored password, if there is one. */
  readonly findUser: (tenantId: string, userId: string) => Promise<User | null>;
  /** The same by address. Letter case makes no difference. */
  readonly findUserByEmail: (tenantId: string, email: string) => Promise<User | null>;
  /** Resolves when the token is committed, so that no link arrives before it works. */
  readonly replaceToken: (tenantId: string, order: OneTimeTokenOrder) => Promise<string>;
  readonly writeMail: (kind: MailKind, facts: MailFacts) => MailText;
  /** The name of the application for the users of a tenant. */
  readonly nameOf: (tenantId: string) => Promise<string>;
  /** The beginning of all links. The Host header of a request never changes it. */
  readonly publicUrl: string;
  readonly clock: () => number;
}

/**
 * Creates the function that prepares an ordered mail when it is sent. It finds the receiver and creates the token of the link.
 *
 * Returns null if nobody receives the mail: there is no such user, or the mail does not fit the user any more. A mail with a link
 * goes to active users only, and never to users of the host's own service. `verify-email` goes to users with a password whose
 * address is not verified, `invitation` to users without a password.
 */
export function createAccountMails(deps: AccountMailDeps): (tenantId: string, order: MailOrder) => Promise<AccountMail | null> {
  const { findUser, findUserByEmail, replaceToken, writeMail, nameOf, publicUrl, clock } = deps;

  return async function prepare(tenantId, { kind, userId, email, returnTo }) {
    const user = userId !== undefined ? await findUser(tenantId, userId) : await findUserByEmail(tenantId, email);
    if (!isLinkKind(kind)) {
      const to = email ?? user?.email;
      return to === undefined ? null : { to, ...writeMail(kind, { appName: await nameOf(tenantId), ...usernameOf(user) }) };
    }
    // A change of address must name its user. By address alone, the link would go to the user who has that address already.
    const to = kind === 'change-email' ? userId !== undefined && email : user?.email;
    const { lifetime, isFor } = mails[kind].link;
    // A user of the host's own service has the password there, and gets none here.
    if (!user?.isActive || user.externalId !== undefined || !to) return null;
    if (!isFor({ hasPassword: user.password !== undefined, isVerified: user.emailVerified ?? false })) return null;
    const token = await replaceToken(tenantId, {
      kind, userId: user._id, email: to, ...(returnTo !== undefined && { returnTo }), expiresAt: new Date(clock() + lifetime),
    });
    return { to, ...writeMail(
      kind, { appName: await nameOf(tenantId), ...usernameOf(user), link: { url: linkOf(publicUrl, kind, token), lifetime } },
    ) };
  };
}

/** The token stands after the `#`. Browsers never send that part, so no server logs it. */
function linkOf(publicUrl: string, kind: LinkKind, token: string): string {
  return `${publicUrl}/users/confirm#token=${token}&for=${kind}`;
}

function usernameOf(user: User | null): { username?: string } {
  return user?.username === undefined ? {} : { username: user.username };
}
