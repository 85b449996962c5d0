import { callHost } from '../call-host.ts';
import { escapeHtml } from '../../http/response/escape-html.ts';
import { fillTemplate } from './mail.template.ts';
import { writeMail } from './mail.texts.ts';
import type { MailDetails, MailText } from './mail.texts.ts';
import { mailFailure } from './mail.transport.ts';
import type { MailKind } from './mails.ts';
import type { FindTemplate } from './template-folder.ts';

/**
 * A function of the host application that writes mails. It gets the language of the receiver, if one is known.
 *
 * Nothing (undefined) means that Gatehouse writes this mail. The function has 10 s. If it throws, or if text or HTML lack the link,
 * the attempt has failed, and the mail is tried again.
 */
export type MailTexts = (
  kind: MailKind, details: MailDetails, language: string | undefined,
) => MailText | undefined | Promise<MailText | undefined>;

/** Writes a mail for one receiver. Rejects with a MailFailure if the function of the host does not write it. */
export type WriteMail = (kind: MailKind, details: MailDetails) => Promise<MailText>;

/** All in ms. */
const patience = 10_000;

/** Creates the function that writes mails: by the host if it does, or else from the files, or else with the texts of Gatehouse. */
export function createWriteMail({ mailTexts, findTemplate }: {
  readonly mailTexts?: MailTexts | undefined;
  readonly findTemplate?: FindTemplate | undefined;
}): WriteMail {
  return async (kind, details) => {
    if (mailTexts) {
      const outcome = await callHost(async () => mailTexts(kind, { ...details }, details.language), patience);
      if ('failure' in outcome) throw mailFailure(`mailTexts failed: ${outcome.failure.reason}.`);
      if (outcome.answer) return requireMail(outcome.answer, details);
    }
    const template = findTemplate?.(kind, details.language);
    return template ? fillTemplate(kind, template, details) : writeMail(kind, details);
  };
}

/** A host in JavaScript may answer anything. */
function requireMail(answer: Partial<Record<keyof MailText, unknown>>, { link = '' }: MailDetails): MailText {
  const { subject, text, html } = answer;
  if (typeof subject !== 'string' || typeof text !== 'string' || !['string', 'undefined'].includes(typeof html)) {
    throw mailFailure('mailTexts must answer { subject, text, html? }, all of them texts.');
  }
  if (!text.includes(link)) throw mailFailure('mailTexts answered a text without the link.');
  if (typeof html !== 'string') return { subject, text };
  if (!html.includes(link) && !html.includes(escapeHtml(link))) throw mailFailure('mailTexts answered HTML without the link.');
  return { subject, text, html };
}
