import { fillIn } from './mail.template.ts';
import { mails } from './mails.ts';
import type { MailKind } from './mails.ts';

/** The variable parts of a mail. */
export interface MailFacts {
  /** The name of the application, as the receiver knows it. */
  readonly appName: string;
  /** Present for kinds of mail with a link. */
  readonly link?: { readonly url: string; /** ms */ readonly lifetime: number };
  readonly username?: string;
}

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Writes a mail: plain text in lines of at most 72 characters. Only the link may be longer; it is alone on its line. */
export function writeMail(kind: MailKind, { appName, link, username }: MailFacts): MailText {
  const { subject, about, unasked } = mails[kind];
  const name = safeName(username);
  const prose = (text: string) => wrap(fillIn(text, { appName }));
  const parts = [
    `${name === undefined ? 'Hello,' : `Hello ${name},`}\n\n${prose(about)}`,
    ...(link ? [link.url, `It works once, for ${duration(link.lifetime)}. A newer mail of this kind replaces it.`] : []),
    prose(unasked),
  ];
  return { subject: fillIn(subject, { appName }), text: `${parts.join('\n\n')}\n` };
}

/** Anybody can register a foreign address under any name, so a name that could contain a message or a link is left out. */
function safeName(username: string | undefined): string | undefined {
  return username !== undefined && /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(username) ? username : undefined;
}

/** Breaks a text at spaces, into lines of at most 72 characters. */
function wrap(text: string): string {
  return (text.match(/\S.{0,71}(?=\s|$)/gu) ?? []).join('\n');
}

function duration(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] as const : [minutes, 'minute'] as const;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
