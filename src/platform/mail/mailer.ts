import type { MailOrder } from '../changes/outbox.model.ts';
import type { MailRow, OutboxStore } from '../changes/outbox.store.ts';
import { mailboxOf } from '../../http/input/email-address.ts';
import { maskAddresses } from './mail.address.ts';
import { isMailFailure } from './mail.transport.ts';
import type { MailTransport, OutgoingMail } from './mail.transport.ts';

/** Sends the mails that were ordered in the outbox. */
export interface Mailer {
  /** Begins to look for orders: 250 ms after each {@link Mailer.wake}, and every 2 s for orders that other nodes left. */
  start(): void;
  /** Reports a committed order. The mail is not sent at once, so that the duration of a response does not reveal whether one follows. */
  wake(): void;
  /** Sends all mails that are due, even before `start`. Resolves when each of them is sent or postponed. */
  flush(): Promise<void>;
  /** Takes no more orders, and waits for the mails that are being sent. */
  close(): Promise<void>;
}

export type PreparedMail = Omit<OutgoingMail, 'kind'>;

export interface MailerDeps {
  readonly outbox: Pick<OutboxStore, 'takeDueMail' | 'postponeMail' | 'endMail'>;
  readonly clock: () => number;
  /** Finds the recipient of an order and creates its token; null if nobody gets this mail. */
  readonly prepare: (tenantId: string, order: MailOrder) => Promise<PreparedMail | null>;
  readonly transport: MailTransport;
  readonly log: MailLog;
}

/** The log of the mailer. It never gets a token or a full address. */
export interface MailLog {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** All in ms. For the time of the lease, only the node that took an order may send it. */
const times = { wake: 250, poll: 2_000, lease: 60_000, sending: 45_000 };

/** Pauses after the first, second, ... failed attempt, in ms. The last pause repeats until the row expires. */
const pauses = [1, 5, 30, 2 * 60, 10 * 60, 30 * 60, 60 * 60].map((seconds) => seconds * 1_000);

/** Several mails are sent at a time, so that one slow recipient does not delay the others. */
const atOnce = 4;

/**
 * Creates the mailer of one node; any number of nodes may work on one outbox.
 *
 * Each order is sent once, with one exception: a node fails, or loses the database, after the mail server has accepted the mail and
 * before the node has stored that. Then the mail is sent again after a minute, with a new token that replaces the old one.
 */
export function createMailer({ outbox, clock, prepare, transport, log }: MailerDeps): Mailer {
  const sending = new Set<Promise<void>>();
  let claiming: Promise<void> | undefined;
  const timer = createTimer(() => void claimDue());
  let isStarted = false;
  let isClosed = false;
  let isOutageTold = false;

  /** Looks for orders again after `pause` ms. An earlier time that is already scheduled stays. */
  function schedule(pause: number): void {
    if (isStarted && !isClosed) timer.setWithin(pause);
  }

  function claimDue(): Promise<void> {
    claiming ??= claimAll()
      .then(() => { isOutageTold = false; }, tellOutage)
      .finally(() => {
        claiming = undefined;
        schedule(times.poll);
      });
    return claiming;
  }

  async function claimAll(): Promise<void> {
    for (;;) {
      if (sending.size >= atOnce) await Promise.race(sending);
      const row = isClosed ? null : await claim();
      if (!row) return;
      const work = deliver(row).catch(tellOutage).finally(() => sending.delete(work));
      sending.add(work);
    }
  }

  function claim(): Promise<MailRow | null> {
    const now = clock();
    return outbox.takeDueMail(new Date(now), new Date(now + times.lease));
  }

  async function deliver(row: MailRow): Promise<void> {
    const { mail: { attempts, nextAt, ...order }, tenantId } = row;
    let address = order.email;
    try {
      const mail = await prepare(tenantId, order);
      address = mail?.to;
      if (clock() > nextAt.getTime() - times.sending) throw new Error('The preparation took so long that another node may take the order.');
      if (mail) await transport.send({ ...mail, to: mailboxOf(mail.to), kind: order.kind });
    } catch (error) {
      const facts = { kind: order.kind, to: maskAddresses(address ?? ''), attempt: attempts, reason: reasonOf(error) };
      const pause = pauses[Math.min(attempts, pauses.length) - 1] ?? 0;
      const next = clock() + pause;
      if (!(isMailFailure(error) && error.isFinal) && next < row.expiresAt.getTime()) {
        log.warn({ ...facts, retryInSeconds: pause / 1_000 }, 'a mail was not sent and will be tried again');
        await outbox.postponeMail(row, new Date(next));
        schedule(pause);
        return;
      }
      log.error(facts, 'a mail was not sent and is given up');
    }
    await outbox.endMail(row);
  }

  /** Logs an outage of the database once, because the mailer looks for orders every 2 s. */
  function tellOutage(error: unknown): void {
    if (!isOutageTold) log.error({ reason: reasonOf(error) }, 'the outbox cannot be read or written, so no mail is sent');
    isOutageTold = true;
  }

  return {
    start() {
      isStarted = true;
      schedule(times.wake);
    },
    wake: () => schedule(times.wake),
    async flush() {
      await claiming;
      await claimDue();
      await Promise.all(sending);
    },
    async close() {
      isClosed = true;
      timer.clear();
      await claiming;
      await Promise.all(sending);
      transport.close();
    },
  };
}

/** Creates a timer that calls `ring` once, at the earliest of the times that were set since it rang. */
function createTimer(ring: () => void) {
  let pending: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;
  return {
    setWithin(milliseconds: number): void {
      const at = performance.now() + milliseconds;
      if (pending && pending.at <= at) return;
      clearTimeout(pending?.handle);
      const handle = setTimeout(() => {
        pending = undefined;
        ring();
      }, milliseconds);
      pending = { at, handle: handle.unref() };
    },
    clear: () => clearTimeout(pending?.handle),
  };
}

function reasonOf(error: unknown): string {
  return maskAddresses(error instanceof Error ? error.message : String(error));
}
