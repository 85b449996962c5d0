import { mails } from './mails.ts';
import type { MailKind } from './mails.ts';

/** The variable parts of a mail. */
export interface MailFacts {
  /** Present for kinds of mail with a link. */
  readonly link?: { readonly url: string; /** ms */ readonly lifetime: number };
  readonly username?: string;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Writes a mail: plain text in lines of at most 72 characters. Only the link may be longer; it is alone on its line. */
export function writeMail(kind: MailKind, { link, username }: MailFacts): MailText {
  const { subject, about, unasked } = mails[kind];
  const parts = [
    `${greeting(username)}\n\n${about}`,
    ...(link ? [link.url, `It works once, for ${duration(link.lifetime)}. A newer mail of this kind replaces it.`] : []),
    unasked,
  ];
  return { subject, text: `${parts.join('\n\n')}\n` };
}

/** Anybody can register a foreign address under any name, so a name that could contain a message or a link is left out. */
function greeting(username: string | undefined): string {
  return username !== undefined && /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(username) ? `Hello ${username},` : 'Hello,';
}

function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] as const : [minutes, 'minute'] as const;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
