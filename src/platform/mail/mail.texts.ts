import type { MailKind } from '../changes/outbox.model.ts';

/** What a mail tells its reader. */
export interface MailFacts {
  /** Of kinds that carry one. */
  readonly link?: { readonly url: string; /** ms */ readonly lifetime: number };
  readonly username?: string;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

interface Template {
  readonly subject: string;
  /** What it is about; followed by the link, if there is one. */
  readonly about: string;
  readonly unasked: string;
}

const templates: Readonly<Record<MailKind, Template>> = {
  'verify-email': {
    subject: 'Confirm your e-mail address for Gatehouse',
    about: 'an account of Gatehouse was made with this e-mail address. Open this\nlink to confirm the address; it asks for the password of the account:',
    unasked: 'If you made no account, do nothing: the address is never confirmed\nwithout you.',
  },
  'reset-password': {
    subject: 'Set a new password for Gatehouse',
    about: 'a new password was asked for. Open this link to choose it; every\nsession of the account ends then:',
    unasked: 'If you did not ask for it, do nothing: your password stays as it is.',
  },
  invitation: {
    subject: 'You are invited to Gatehouse',
    about: 'an account of Gatehouse was made for you. Open this link to choose\nits password:',
    unasked: 'If you do not know why, do nothing: without you nobody can use the\naccount by this link.',
  },
  'change-email': {
    subject: 'Confirm your new e-mail address for Gatehouse',
    about: 'somebody who knows the password of an account of Gatehouse wants to\nuse this e-mail address for it. Open this link to confirm:',
    unasked: 'If that was not you, do nothing: the account keeps its old address.',
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
};

/**
 * Writes a mail: plain text in lines of at most 72 characters, but for the link, which stands alone on its line.
 */
export function writeMail(kind: MailKind, { link, username }: MailFacts): MailText {
  const { subject, about, unasked } = templates[kind];
  const parts = [
    `${greeting(username)}\n\n${about}`,
    ...(link ? [link.url, `It works once, for ${duration(link.lifetime)}. A newer mail of this kind replaces it.`] : []),
    unasked,
  ];
  return { subject, text: `${parts.join('\n\n')}\n` };
}

/** Anybody can register somebody else's address under any name, so a name that could carry a message or a link is left out. */
function greeting(username: string | undefined): string {
  return username !== undefined && /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(username) ? `Hello ${username},` : 'Hello,';
}

function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] as const : [minutes, 'minute'] as const;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
