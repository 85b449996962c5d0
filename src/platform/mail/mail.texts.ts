import { isLinkKind, mails, worksOften } from './mails.ts';
import type { MailKind } from './mails.ts';

/** What a mail is about. */
export interface MailDetails {
  readonly to: string;
  /** The name of the application, as the receiver knows it. */
  readonly appName: string;
  /** The name of the receiver, if it is one word. Another name could contain a message or a link of a stranger. */
  readonly name?: string;
  /** A language tag of BCP 47, if the receiver has chosen a language. */
  readonly language?: string;
  /** What the mail is about, such as a domain. */
  readonly topic?: string;
  /** The URL of the page, with the token. Only for kinds of mail with a link. */
  readonly link?: string;
  /** The one-time token in the link. */
  readonly token?: string;
  /** When the link stops working. */
  readonly expiresAt?: Date;
}

export interface MailText {
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The same as HTML, for programs that show it. */
  readonly html?: string;
}

/** Writes a mail: plain text in lines of at most 72 characters. Only the link may be longer; it is alone on its line. */
export function writeMail(kind: MailKind, { appName, link, name, topic = '' }: Omit<MailDetails, 'to'>): MailText {
  const { subject, about, unasked } = mails[kind];
  const prose = (text: string) => wrap(fillIn(text, { appName, topic }));
  const parts = [
    `${name === undefined ? 'Hello,' : `Hello ${name},`}\n\n${prose(about)}`,
    ...(link === undefined ? [] : [
      link, `It works ${worksOften(kind) ? '' : 'once, '}for ${lifetimeOf(kind, 'en')}. A newer mail of this kind replaces it.`,
    ]),
    prose(unasked),
  ];
  return { subject: fillIn(subject, { appName, topic }), text: `${parts.join('\n\n')}\n` };
}

/** Replaces each `{{name}}` of a text by its value, which is not read again. A name without a value stays as it is. */
export function fillIn(text: string, values: Readonly<Record<string, string>>, escape = (value: string) => value): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? escape(values[name] ?? '') : whole));
}

/** Anybody can register a foreign address under any name, so a name that could contain a message or a link is left out. */
export function safeName(username: string | undefined): { readonly name?: string } {
  return username !== undefined && /^[\p{L}\p{M}\p{N}_-]{1,32}$/u.test(username) ? { name: username } : {};
}

/** How long a link of this kind works, in words of a language. Empty for a kind without a link. */
export function lifetimeOf(kind: MailKind, language: string): string {
  if (!isLinkKind(kind)) return '';
  const minutes = Math.round(mails[kind].link.lifetime / 60_000);
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** Breaks a text at spaces, into lines of at most 72 characters. */
function wrap(text: string): string {
  return (text.match(/\S.{0,71}(?=\s|$)/gu) ?? []).join('\n');
}
