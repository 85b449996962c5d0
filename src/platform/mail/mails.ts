/** A kind of mail. Its texts may contain `{{appName}}` and `{{topic}}`. */
interface Mail {
  readonly subject: string;
  /** The main text. The link follows it, if there is one. */
  readonly about: string;
  /** The advice for a reader who did not cause the mail. */
  readonly unasked: string;
  /**
   * For kinds with a link: its lifetime in ms, the active users who get it, and whether it works more than once.
   * A kind without a link is a notice.
   */
  readonly link?: { readonly lifetime: number; readonly isFor: (user: Reader) => boolean; readonly worksOften?: boolean };
}

interface Reader {
  readonly hasPassword: boolean;
  /** Whether the address is confirmed. */
  readonly isVerified: boolean;
}

const hour = 3_600_000;

/** Every mail that Gatehouse sends, by its kind. */
export const mails = {
  'verify-email': {
    subject: 'Confirm your e-mail address for {{appName}}',
    about: 'an account of {{appName}} was created with this e-mail address. Open this link to confirm the address. '
      + 'You need the password of the account:',
    unasked: 'If you did not create an account, do nothing: nobody else can confirm the address.',
    link: { lifetime: 24 * hour, isFor: ({ hasPassword, isVerified }) => hasPassword && !isVerified },
  },
  'reset-password': {
    subject: 'Set a new password for {{appName}}',
    about: 'somebody requested a new password for your account. Open this link to choose one. All sessions of the account will then end:',
    unasked: 'If you did not request it, do nothing: your password stays as it is.',
    link: { lifetime: hour / 2, isFor: () => true },
  },
  invitation: {
    subject: 'You are invited to {{appName}}',
    about: 'an account of {{appName}} was created for you. Open this link to choose its password:',
    unasked: 'If you did not expect this, do nothing: the account then stays without a password.',
    link: { lifetime: 72 * hour, isFor: ({ hasPassword }) => !hasPassword },
  },
  'change-email': {
    subject: 'Confirm your new e-mail address for {{appName}}',
    about: 'somebody who knows the password of an account of {{appName}} wants to use this e-mail address for it. '
      + 'Open this link to confirm:',
    unasked: 'If that was not you, do nothing: the account keeps its old address.',
    link: { lifetime: hour, isFor: () => true },
  },
  'set-up-provider': {
    subject: 'Set up single sign-on for {{appName}}',
    about: 'an administrator of {{appName}} asks you to connect your identity provider. Open this link to enter its values and to test '
      + 'them:',
    unasked: 'If you did not expect this, do nothing, or ask the administrator.',
    link: { lifetime: 72 * hour, isFor: () => false, worksOften: true }, // its reader is no user
  },
  'password-changed': {
    subject: 'Your password for {{appName}} was changed',
    about: 'the password of your account was changed.',
    unasked: 'If that was not you, request a new password at once and tell an administrator.',
  },
  'email-changed': {
    subject: 'Your e-mail address for {{appName}} was changed',
    about: 'your account has a new e-mail address. Mail about the account will no longer come to this address.',
    unasked: 'If that was not you, tell an administrator at once.',
  },
  'identity-linked': {
    subject: 'A new way to log in to {{appName}}',
    about: 'an identity provider was linked to your account. You can log in through it from now on.',
    unasked: 'If that was not you, tell an administrator at once.',
  },
  'identity-unlinked': {
    subject: 'A way to log in to {{appName}} was removed',
    about: 'an identity provider was unlinked from your account. You can no longer log in through it.',
    unasked: 'If that was not you, ask an administrator.',
  },
  'domain-lost': {
    subject: '{{appName}}: the domain {{topic}} is not verified any more',
    about: 'the TXT record that proves the domain {{topic}} for your organization in {{appName}} has been gone for 7 days. '
      + 'So the domain proves nothing any more, and people may be unable to log in with it.',
    unasked: 'If you do not own the domain any more, remove it. If you do, publish its record again and verify the domain.',
  },
} satisfies Readonly<Record<string, Mail>>;

export type MailKind = keyof typeof mails;

/** A kind with a link. */
export type LinkKind = { [K in MailKind]: (typeof mails)[K] extends { readonly link: object } ? K : never }[MailKind];

export const mailKinds = Object.keys(mails) as MailKind[]; // the type of Object.keys is string[]

export const linkKinds = mailKinds.filter(isLinkKind);

export function isLinkKind(kind: MailKind): kind is LinkKind {
  return 'link' in mails[kind];
}

/** Whether the link of this kind works more than once. */
export function worksOften(kind: MailKind): boolean {
  const { link }: Mail = mails[kind];
  return link?.worksOften ?? false;
}
