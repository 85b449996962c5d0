import { escapeHtml } from '../../http/response/escape-html.ts';
import { fillIn, lifetimeOf } from './mail.texts.ts';
import type { MailDetails, MailText } from './mail.texts.ts';
import { isLinkKind } from './mails.ts';
import type { MailKind } from './mails.ts';

/** The texts of one kind of mail in one language, with placeholders. */
export interface MailTemplate extends MailText {
  /** The language of the lifetime of a link. */
  readonly language: string;
}

const placeholders = ['appName', 'name', 'email', 'topic', 'link', 'lifetime'];
const ofLinks = ['link', 'lifetime'];

/** Writes a mail from its template. In HTML, every value is escaped. */
export function fillTemplate(kind: MailKind, { language, subject, text, html }: MailTemplate, details: MailDetails): MailText {
  const { appName, to: email, name = email, topic = '', link = '' } = details;
  const values = { appName, name, email, topic, link, lifetime: lifetimeOf(kind, language) };
  return {
    subject: fillIn(subject, values), text: fillIn(text, values), ...(html !== undefined && { html: fillIn(html, values, escapeHtml) }),
  };
}

/** The fault of a text with placeholders, as the rest of a sentence; undefined if it can be used. */
export function templateFault(kind: MailKind, text: string, isHtml: boolean): string | undefined {
  const named = [...text.matchAll(/\{\{([^{}]*)\}\}/g)].map(([, name = '']) => name);
  const unknown = named.find((name) => !placeholders.includes(name));
  if (unknown !== undefined) return `has {{${unknown}}}, which is none of ${placeholders.map((name) => `{{${name}}}`).join(', ')}`;
  if (/\{\{|\}\}/.test(text.replaceAll(/\{\{\w+\}\}/g, ''))) return 'has {{ or }} that belong to no placeholder';
  const misplaced = isLinkKind(kind) ? undefined : named.find((name) => ofLinks.includes(name));
  if (misplaced !== undefined) return `has {{${misplaced}}}, but a mail of this kind has no link`;
  if (isLinkKind(kind) && !named.includes('link')) return 'has no {{link}}, so nobody could use the mail';
  if (!isHtml) return undefined;
  if (/<(script|style)\b[^>]*>[^]*?\{\{[^]*?<\/\1/i.test(text)) return 'has a placeholder in a script or a style';
  // Without quotes, a value with a space would end the attribute.
  const tags = text.match(/<[a-z](?:"[^"]*"|'[^']*'|[^>"'])*>/gi) ?? [];
  const isUnquoted = tags.some((tag) => /=\s*[^\s"'>]*\{\{/.test(tag.replaceAll(/"[^"]*"|'[^']*'/g, '""')));
  return isUnquoted ? 'has a placeholder in an attribute without quotes' : undefined;
}
