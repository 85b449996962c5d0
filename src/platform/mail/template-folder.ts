import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startError } from '../../errors/errors.ts';
import { templateFault } from './mail.template.ts';
import type { MailTemplate } from './mail.template.ts';
import { mailKinds } from './mails.ts';
import type { MailKind } from './mails.ts';

/** Finds the texts of a kind of mail for a language; undefined if the folder has none for it. */
export type FindTemplate = (kind: MailKind, language: string | undefined) => MailTemplate | undefined;

/** `KIND.txt` or `KIND.LANGUAGE.txt`; the same with `.html`. */
const fileName = new RegExp(`^(${mailKinds.join('|')})(?:\\.([A-Za-z0-9-]{2,35}))?\\.(txt|html)$`);

const wrongName = 'is not named KIND.txt, KIND.LANGUAGE.txt or the same with .html. '
  + `Kinds are ${mailKinds.join(', ')}. Languages are written as in de or pt-BR`;

/**
 * Reads the texts of mails from a folder, once.
 *
 * Throws a StartError that names every file with a fault: an unknown name, no subject, an unknown placeholder, no link.
 */
export function readTemplates(folder: string): FindTemplate {
  const texts = new Map<string, MailTemplate>();
  const faults: string[] = [];
  const names = listFiles(folder);
  for (const name of names) {
    const [, kind, language = '', type] = fileName.exec(name) ?? [];
    if (kind === undefined || (language !== '' && !isTag(language))) faults.push(`${name} ${wrongName}`);
    else if (type === 'html' && !names.includes(name.replace(/html$/, 'txt'))) faults.push(`${name} has no .txt beside it`);
    else if (type === 'txt') {
      const template = readTemplate(folder, name, language);
      const found = faultsOf(kind as MailKind, name, template); // the pattern of names has the kinds
      if (template && found.length === 0) texts.set(`${kind} ${language}`, template);
      faults.push(...found);
    }
  }
  if (faults.length > 0) throw startError(`MAIL_TEMPLATES has faults:\n${faults.map((fault) => `  ${fault}.`).join('\n')}`);
  return (kind, language) => {
    for (const tag of lookUps(language)) {
      const template = texts.get(`${kind} ${tag}`);
      if (template) return template;
    }
    return undefined;
  };
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    throw startError('The folder of MAIL_TEMPLATES cannot be read: name a folder that exists, or remove the setting.', error);
  }
}

/** The first line of the text is `Subject: ...`. Null if it is not. */
function readTemplate(folder: string, name: string, language: string): MailTemplate | null {
  const read = (file: string) => readFileSync(join(folder, file), 'utf8').replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const [, subject, text] = /^Subject:[ \t]*(\S[^\n]*)\n\s*\n?([\s\S]*\S[\s\S]*)$/.exec(read(name)) ?? [];
  if (subject === undefined || text === undefined) return null;
  const htmlName = name.replace(/txt$/, 'html');
  const hasHtml = listFiles(folder).includes(htmlName);
  return { language: language === '' ? 'en' : language, subject: subject.trim(), text, ...(hasHtml && { html: read(htmlName) }) };
}

function faultsOf(kind: MailKind, name: string, template: MailTemplate | null): string[] {
  if (!template) return [`${name} does not begin with "Subject: ..." and a text below it`];
  const { subject, text, html } = template;
  const parts = [
    [name, templateFault(kind, text, false)], [name.replace(/txt$/, 'html'), html === undefined ? undefined : templateFault(kind, html, true)],
    // A subject shows no link, so it is checked like that of a kind without one.
    [name, templateFault('password-changed', subject, false)],
    [name, /\p{C}/u.test(subject) ? 'has a subject with control or invisible characters' : undefined],
  ] as const;
  return parts.flatMap(([file, fault]) => (fault === undefined ? [] : [`${file} ${fault}`]));
}

function isTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text)[0] === text;
  } catch {
    return false;
  }
}

/** The languages to look for: the language itself, without its last part, and so on (RFC 4647 section 3.4), and none. */
function lookUps(language: string | undefined): string[] {
  const parts = language?.split('-') ?? [];
  return [...parts.map((_part, index) => parts.slice(0, parts.length - index).join('-')), ''];
}
