import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { SendMailOptions } from 'nodemailer';
import type { MailDetails, MailText } from './mail.texts.ts';
import type { MailKind } from './mails.ts';
import { isPlainAddress, maskAddresses } from './mail.address.ts';
import type { Sender } from './mail.address.ts';

/** A mail that is ready to be sent, and what it is about. */
export interface OutgoingMail extends MailText, Partial<MailDetails> {
  readonly kind: MailKind;
  readonly to: string;
  /** The name of the sender, if the tenant of the receiver has a name of its own. */
  readonly fromName?: string;
}

/** Sends mails. */
export interface MailTransport {
  /** Resolves when the mail is accepted, within 45 s. Rejects with a {@link MailFailure}. */
  send(mail: OutgoingMail): Promise<void>;
  /** Ends idle connections. */
  close(): void;
}

/** The reason why a mail was not accepted. Its message contains no full address and no text of the mail. */
export interface MailFailure extends Error {
  readonly name: 'MailFailure';
  /** Whether another attempt would fail too. */
  readonly isFinal: boolean;
}

export interface MailTransportOptions {
  /** smtp:// or smtps://, with user and password if necessary. STARTTLS is used if the server offers it. */
  readonly smtpUrl: string | null;
  /** The folder in which mails are written as files if there is no `smtpUrl`. */
  readonly folder: string | null;
  readonly from: Sender;
  /** Called with the path of each file. */
  readonly onFile: (path: string) => void;
}

/** All in ms. `whole` must end before another node may take the same order. */
export const limits = { dns: 5_000, connection: 5_000, greeting: 5_000, socket: 15_000, whole: 45_000 };

/** Creates the transport to the SMTP server if there is one, or else to the folder. Without both, every mail is refused. */
export function createMailTransport({ smtpUrl, folder, from, onFile }: MailTransportOptions): MailTransport {
  if (smtpUrl !== null) return toServer(smtpUrl, from);
  if (folder !== null) return toFolder(folder, from, onFile);
  return { send: () => Promise.reject(mailFailure('No mail can be sent: set SMTP_URL.')), close: () => undefined };
}

/** Says whether an error comes from a {@link MailTransport}. */
export function isMailFailure(error: unknown): error is MailFailure {
  return error instanceof Error && error.name === 'MailFailure';
}

function toServer(url: string, from: Sender): MailTransport {
  const mailer = createTransport({
    pool: true, url, maxRequeues: 1,
    dnsTimeout: limits.dns, connectionTimeout: limits.connection, greetingTimeout: limits.greeting, socketTimeout: limits.socket,
  });
  return {
    async send(mail) {
      const message = toMessage(mail, from);
      try {
        await mailer.sendMail({ ...message, signal: AbortSignal.timeout(limits.whole) });
      } catch (error) {
        throw toFailure(error);
      }
    },
    close: () => mailer.close(),
  };
}

function toFolder(folder: string, from: Sender, onFile: (path: string) => void): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      const message = toMessage(mail, from);
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${mail.kind}-${randomBytes(3).toString('hex')}.eml`;
      const path = join(folder, name);
      try {
        const plain = { ...message, html: undefined, text: '-' };
        const { message: composed } = await composer.sendMail(plain) as { message: Buffer }; // because of `buffer`
        await mkdir(folder, { recursive: true, mode: 0o700 });
        // A program that watches the folder for *.eml never reads half a mail.
        if (mail.html !== undefined) await writeFile(path.replace(/eml$/, 'html'), mail.html, { mode: 0o600, flag: 'wx' });
        await writeFile(`${path}.part`, asReadable(composed.toString(), mail.text), { mode: 0o600, flag: 'wx' });
        await rename(`${path}.part`, path);
      } catch (error) {
        throw mailFailure(`The mail could not be written to MAIL_FOLDER: ${error instanceof Error ? error.message : String(error)}`);
      }
      onFile(path);
    },
    close: () => composer.close(),
  };
}

/** Puts the plain text below the headers. The encoding of a mail would break a long link into several lines. */
function asReadable(composed: string, text: string): string {
  const [headers = ''] = composed.split('\r\n\r\n', 1);
  return `${headers.replace(/^(Content-Transfer-Encoding:).*$/m, '$1 8bit')}\r\n\r\n${text.replace(/\r?\n/g, '\r\n')}`;
}

/** Throws a final failure unless the recipient is one plain address and the subject is one line. */
export function requirePlain({ to, subject }: OutgoingMail): void {
  if (!isPlainAddress(to)) throw mailFailure('The address is not one plain e-mail address.', true);
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(subject)) throw mailFailure('The subject is not one line of text.', true);
}

function toMessage(mail: OutgoingMail, from: Sender): SendMailOptions {
  requirePlain(mail);
  const { to, subject, text, html, fromName = from.name } = mail;
  return {
    from: { ...from, name: fromName }, to: { name: '', address: to }, subject, text, html,
    // Tells other servers not to answer with a notice of absence (RFC 3834 section 5).
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true, disableUrlAccess: true,
  };
}

interface SmtpError {
  readonly message: string;
  readonly command?: unknown;
  readonly responseCode?: unknown;
}

/** A server may quote the mail in its answer, so only the number of the answer is kept. */
function toFailure(error: unknown): MailFailure {
  // An error of nodemailer may have these properties or not; each is checked before it is used.
  const { message, command, responseCode } = error instanceof Error ? error as SmtpError : { message: String(error) };
  if (typeof responseCode !== 'number') return mailFailure(maskAddresses(message));
  // Only a refusal of these two commands is final (RFC 5321 section 4.2.1). A wrong login or sender can be corrected.
  const isAboutThisMail = command === 'RCPT TO' || command === 'DATA';
  return mailFailure(
    `The server answered ${responseCode} to ${String(command)}.`, isAboutThisMail && responseCode >= 500 && responseCode !== 503,
  );
}

/** Creates the error with which transports reject. */
export function mailFailure(message: string, isFinal = false): MailFailure {
  return Object.assign(new Error(message), { name: 'MailFailure' as const, isFinal });
}
