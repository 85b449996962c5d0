/** A kind of mail. */
interface Mail {
  readonly subject: string;
  /** What it is about; followed by the link, if there is one. */
  readonly about: string;
  readonly unasked: string;
  /** Of kinds with a one-time link: how long that works, in ms, and which active users get it. A kind without one is a notice. */
  readonly link?: { readonly lifetime: number; readonly isFor: (user: Reader) => boolean };
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
    subject: 'Confirm your e-mail address for Gatehouse',
    about: 'an account of Gatehouse was made with this e-mail address. Open this\nlink to confirm the address; it asks for the password of the account:',
    unasked: 'If you made no account, do nothing: the address is never confirmed\nwithout you.',
    link: { lifetime: 24 * hour, isFor: ({ hasPassword, isVerified }) => hasPassword && !isVerified },
  },
  'reset-password': {
    subject: 'Set a new password for Gatehouse',
    about: 'a new password was asked for. Open this link to choose it; every\nsession of the account ends then:',
    unasked: 'If you did not ask for it, do nothing: your password stays as it is.',
    link: { lifetime: hour / 2, isFor: () => true },
  },
  invitation: {
    subject: 'You are invited to Gatehouse',
    about: 'an account of Gatehouse was made for you. Open this link to choose\nits password:',
    unasked: 'If you do not know why, do nothing: without you nobody can use the\naccount by this link.',
    link: { lifetime: 72 * hour, isFor: ({ hasPassword }) => !hasPassword },
  },
  'change-email': {
    subject: 'Confirm your new e-mail address for Gatehouse',
    about: 'somebody who knows the password of an account of Gatehouse wants to\nuse this e-mail address for it. Open this link to confirm:',
    unasked: 'If that was not you, do nothing: the account keeps its old address.',
    link: { lifetime: hour, isFor: () => true },
  },
  'password-changed': {
    subject: 'Your password for Gatehouse was changed',
    about: 'the password of your account was changed.',
    unasked: 'If that was not you, ask for a new password at once and tell an\nadministrator.',
  },
  'email-changed': {
    subject: 'Your e-mail address for Gatehouse was changed',
    about: 'your account has another e-mail address now. Mail about it no longer\ncomes here.',
    unasked: 'If that was not you, tell an administrator at once.',
  },
} satisfies Readonly<Record<string, Mail>>;

export type MailKind = keyof typeof mails;

/** A kind that carries a one-time link. */
export type LinkKind = { [K in MailKind]: (typeof mails)[K] extends { readonly link: object } ? K : never }[MailKind];

export const mailKinds = Object.keys(mails) as MailKind[]; // Object.keys answers text alone

export const linkKinds = mailKinds.filter(isLinkKind);

export function isLinkKind(kind: MailKind): kind is LinkKind {
  return 'link' in mails[kind];
}
