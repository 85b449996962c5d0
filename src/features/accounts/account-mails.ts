import type { MailOrder } from '../../platform/changes/outbox.model.ts';
import { isLinkKind, mails } from '../../platform/mail/mails.ts';
import type { LinkKind, MailKind } from '../../platform/mail/mails.ts';
import { safeName } from '../../platform/mail/mail.texts.ts';
import type { MailDetails } from '../../platform/mail/mail.texts.ts';
import type { PreparedMail } from '../../platform/mail/mailer.ts';
import type { WriteMail } from '../../platform/mail/write-mail.ts';
import type { Brands } from '../branding/brand.types.ts';
import type { User } from '../users/user.model.ts';
import type { OneTimeTokenOrder } from '../links/one-time-token.types.ts';

export interface AccountMailDeps {
  /** Returns the user with the stored password, if there is one. */
  readonly findUser: (tenantId: string, userId: string) => Promise<User | null>;
  /** The same by address. Letter case makes no difference. */
  readonly findUserByEmail: (tenantId: string, email: string) => Promise<User | null>;
  /** Resolves when the token is committed, so that no link arrives before it works. */
  readonly replaceToken: (tenantId: string, order: OneTimeTokenOrder) => Promise<string>;
  readonly isActive: (tenantId: string) => Promise<boolean>;
  readonly writeMail: WriteMail;
  readonly brands: Brands;
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
export function createAccountMails(deps: AccountMailDeps): (tenantId: string, order: MailOrder) => Promise<PreparedMail | null> {
  const { findUser, findUserByEmail, isActive, replaceToken, writeMail, brands, publicUrl, clock } = deps;

  /** Writes a mail under the name that the tenant has for its users. */
  async function write(tenantId: string, kind: MailKind, { to, user, topic, link }: {
    readonly to: string; readonly user: User | null; readonly topic?: string | undefined;
    readonly link?: Pick<MailDetails, 'link' | 'token' | 'expiresAt'>;
  }): Promise<PreparedMail> {
    const { name: appName } = await brands.of(tenantId) ?? brands.own;
    const details = {
      to, appName, ...safeName(user?.username), ...(user?.language !== undefined && { language: user.language }),
      ...(topic !== undefined && { topic }), ...link,
    };
    return { ...details, ...(appName !== brands.own.name && { fromName: appName }), ...await writeMail(kind, details) };
  }

  /** The reader of a set-up link is no user, so nobody is looked up. */
  async function prepareSetUp(tenantId: string, to: string, providerId: string): Promise<PreparedMail | null> {
    const kind = 'set-up-provider';
    if (!await isActive(tenantId)) return null;
    const expiresAt = new Date(clock() + mails[kind].link.lifetime);
    const token = await replaceToken(tenantId, { kind, userId: providerId, email: to, expiresAt });
    return write(tenantId, kind, { to, user: null, link: { link: `${publicUrl}/sso/setup#token=${token}`, token, expiresAt } });
  }

  return async function prepare(tenantId, { kind, userId, email, returnTo, topic, providerId }) {
    if (providerId !== undefined) return email === undefined ? null : prepareSetUp(tenantId, email, providerId);
    const user = userId !== undefined ? await findUser(tenantId, userId) : await findUserByEmail(tenantId, email);
    if (!isLinkKind(kind)) {
      const to = email ?? user?.email;
      return to === undefined ? null : write(tenantId, kind, { to, user, topic });
    }
    // A change of address must name its user. By address alone, the link would go to the user who has that address already.
    const to = kind === 'change-email' ? userId !== undefined && email : user?.email;
    const { lifetime, isFor } = mails[kind].link;
    // A user of the host's own service has the password there, and gets none here.
    if (!user?.isActive || user.externalId !== undefined || !to) return null;
    // A mailbox alone gives no password to a person whom a provider logs in: it would still open after the provider has closed its way.
    const isOrderedBySelf = kind === 'reset-password' && userId === undefined;
    if (isOrderedBySelf && user.hasIdentities === true && user.password === undefined) return null;
    if (!isFor({ hasPassword: user.password !== undefined, isVerified: user.emailVerified ?? false })) return null;
    const expiresAt = new Date(clock() + lifetime);
    const token = await replaceToken(tenantId, {
      kind, userId: user._id, email: to, ...(returnTo !== undefined && { returnTo }), expiresAt,
    });
    return write(tenantId, kind, { to, user, link: { link: linkOf(publicUrl, kind, token), token, expiresAt } });
  };
}

/** The token stands after the `#`. Browsers never send that part, so no server logs it. */
function linkOf(publicUrl: string, kind: LinkKind, token: string): string {
  return `${publicUrl}/users/confirm#token=${token}&for=${kind}`;
}
