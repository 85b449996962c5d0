import { callHost } from '../call-host.ts';
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

/** Creates a transport of what a host brings: it is given plain addresses and subjects of one line alone. */
export function createHostTransport(host: HostMail): MailTransport {
  return {
    async send(mail) {
      requirePlain(mail);
      const outcome = await callHost(() => host.send({ ...mail }), limits.whole);
      if ('failure' in outcome) throw mailFailure(`The transport of the host failed: ${outcome.failure.reason}.`, outcome.failure.isFinal);
    },
    close: () => undefined,
  };
}
