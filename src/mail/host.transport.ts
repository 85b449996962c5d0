import { limits, mailFailure, requirePlain } from './mail.transport.ts';
import type { MailTransport, OutgoingMail } from './mail.transport.ts';

/** A host's own way of sending mail. */
export interface HostMail {
  /**
   * Takes one mail, within 45 s. What it rejects with counts as a failed attempt, and the mail is tried again, as
   * often and as long as with a server; unless its `isFinal` is true.
   */
  send(mail: OutgoingMail): Promise<unknown>;
}

/**
 * Makes a transport of what a host brings: it is given plain addresses and subjects of one line alone.
 *
 * Of an error of the host's only name and code are told, because its message may quote the mail with its link.
 */
export function createHostTransport(host: HostMail): MailTransport {
  return {
    async send(mail) {
      requirePlain(mail);
      try {
        await withinLimit(host.send({ ...mail }));
      } catch (error) {
        throw toFailure(error);
      }
    },
    close: () => undefined,
  };
}

/** A transport that never settles must not keep a place of the mailer, nor the end of the process. */
async function withinLimit(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(), { name: 'TimeoutError' })), limits.whole);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toFailure(error: unknown) {
  // Whatever was thrown has these, or not; each is looked at before it is used.
  const { name, code, isFinal } = error instanceof Error ? error as Error & { readonly code?: unknown; readonly isFinal?: unknown } : {};
  const facts = [name ?? 'something that is no Error', ...(typeof code === 'string' || typeof code === 'number' ? [String(code)] : [])];
  return mailFailure(`The transport of the host failed: ${facts.map((fact) => fact.slice(0, 64)).join(' ')}.`, isFinal === true);
}
