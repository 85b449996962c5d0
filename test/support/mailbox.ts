import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { closeLater } from '../../scripts/test-run/closing.ts';

/** A mail as it arrived. */
export interface Mail {
  /** Whom it was delivered to (RCPT TO). */
  readonly to: string;
  /** The From header. */
  readonly from: string;
  readonly subject: string;
  /** The body, with LF line ends. */
  readonly text: string;
  /** The first URL in it, or ''. */
  readonly link: string;
  /** What the link says after its #. */
  readonly token: string;
  readonly for: string;
  /** Every header by its name in lower case; each in the order in which it came. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly raw: string;
  readonly isSecure: boolean;
}

/** A real SMTP server on 127.0.0.1 that keeps what it is sent. */
export interface Mailbox {
  /** For the setting SMTP_URL. */
  readonly url: string;
  readonly port: number;
  mails(): readonly Mail[];
  /** The first mail, to this address or as this test says, that was not given out before; waits for it, by default 5 s. */
  next(wanted: string | ((mail: Mail) => boolean), milliseconds?: number): Promise<Mail>;
  close(): Promise<void>;
}

export interface MailboxOptions {
  /** Any free one by default. */
  readonly port?: number;
  /** The SMTP code, 400 to 599, with which a recipient is refused; undefined takes the mail. */
  readonly refuse?: (to: string) => number | undefined;
  /** Offers STARTTLS, with a certificate that nobody trusts. */
  readonly tls?: boolean;
}

/** Starts a mail server, which ends when the test, the describe or the file is over. */
export async function startMailbox({ port = 0, refuse, tls = false }: MailboxOptions = {}): Promise<Mailbox> {
  const received: Mail[] = [];
  const taken = new Set<Mail>();
  const listeners = new Set<() => void>();
  let closed: Promise<void> | undefined;
  const server = new SMTPServer({
    authOptional: true, disabledCommands: tls ? ['AUTH'] : ['AUTH', 'STARTTLS'], disableReverseLookup: true, logger: false,
    closeTimeout: 100,
    onRcptTo({ address }, _session, done) {
      const code = refuse?.(address);
      done(code === undefined ? null : Object.assign(new Error(`Mailbox <${address}> refused`), { responseCode: code }));
    },
    onData(stream, { envelope, secure }, done) {
      void text(stream).then((raw) => {
        for (const { address } of envelope.rcptTo) received.push(readMail(raw, address, secure));
        done(null);
        for (const listener of [...listeners]) listener();
      }, done);
    },
  });
  server.on('error', () => undefined); // a client that breaks off is what some tests are about
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address() as AddressInfo; // what a server on a port has

  const mailbox: Mailbox = {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    mails: () => received,
    next: (wanted, milliseconds = 30_000) => new Promise((resolve, reject) => {
      const fits = typeof wanted === 'string' ? ({ to }: Mail) => to === wanted : wanted;
      const look = () => {
        const mail = received.find((one) => !taken.has(one) && fits(one));
        if (!mail) return;
        taken.add(mail);
        clearTimeout(timer);
        listeners.delete(look);
        resolve(mail);
      };
      const timer = setTimeout(() => {
        listeners.delete(look);
        reject(new Error(`No such mail within ${milliseconds} ms; there came ${received.map(
          ({ to, subject }) => `${to}: ${subject}`,
        ).join(', ') || 'none'}.`));
      }, milliseconds);
      listeners.add(look);
      look();
    }),
    close: () => closed ??= new Promise((resolve) => { server.close(resolve); }),
  };
  closeLater(mailbox.close);
  return mailbox;
}

/** Reads a mail of one plain part (RFC 5322, 2045, 2047 and 3676), by no library that also wrote it. */
export function readMail(raw: string, to: string, isSecure = false): Mail {
  const [head = '', ...parts] = raw.split('\r\n\r\n');
  const headers: Record<string, string[]> = {};
  for (const line of head.replace(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const at = line.indexOf(':');
    (headers[line.slice(0, at).toLowerCase()] ??= []).push(decodeWords(line.slice(at + 1).trim()));
  }
  const first = (name: string) => headers[name]?.[0] ?? '';
  const body = decodeBody(parts.join('\r\n\r\n'), first('content-transfer-encoding')).replaceAll('\r\n', '\n');
  const isFlowed = /format=flowed/i.test(first('content-type'));
  const plain = isFlowed ? body.replace(/^ /gm, '').replace(/(?<!^--) \n/gm, ' ') : body;
  const link = /https?:\/\/\S+/.exec(plain)?.[0] ?? '';
  const secret = new URLSearchParams(link.split('#')[1] ?? '');
  return {
    to, from: first('from'), subject: first('subject'), text: plain, link, token: secret.get('token') ?? '', for: secret.get('for') ?? '',
    headers, raw, isSecure,
  };
}

function decodeBody(body: string, encoding: string): string {
  if (/^base64$/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  return /^quoted-printable$/i.test(encoding) ? decodeQuoted(body.replace(/=\r\n/g, '')) : body;
}

function decodeQuoted(text: string): string {
  return Buffer.from(
    text.replace(/=([\dA-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1',
  ).toString('utf8');
}

function decodeWords(text: string): string {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, kind: string, word: string) => (
    kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('utf8') : decodeQuoted(word.replaceAll('_', ' '))));
}
