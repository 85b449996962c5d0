import { callHost } from '../call-host.ts';
import { limits, mailFailure, requirePlain } from './mail.transport.ts';
import type { MailTransport, OutgoingMail } from './mail.transport.ts';

/** A function of the host application that sends mail. */
export interface HostMail {
  /**
   * Takes one mail within 45 s. If it rejects, the attempt has failed, and the mail is tried again, as often and as long as with
   * an SMTP server. If the error has `isFinal: true`, the mail is given up.
   */
  send(mail: OutgoingMail): Promise<unknown>;
}

/** Creates a transport that sends through the host application. It passes on only plain addresses and subjects of one line. */
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
