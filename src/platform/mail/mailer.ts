import type { MailOrder } from '../changes/outbox.model.ts';
import type { MailRow, OutboxStore } from '../changes/outbox.store.ts';
import { mailboxOf } from '../../http/input/email-address.ts';
import { maskAddresses } from './mail.address.ts';
import { isMailFailure } from './mail.transport.ts';
import type { MailTransport } from './mail.transport.ts';

/** Sends what was ordered through the outbox. */
export interface Mailer {
  /** Begins to look for orders: 250 ms after each {@link Mailer.wake}, and every 2 s for what other nodes left. */
  start(): void;
  /** Tells that an order was committed. Nothing is sent at once, so that the time of an answer says nothing about what follows it. */
  wake(): void;
  /** Sends everything that is due, also when not started. Resolves when all of it has been sent or postponed. */
  flush(): Promise<void>;
  /** Takes no further order, and waits for the mails that are being sent. */
  close(): Promise<void>;
}

export interface PreparedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailerDeps {
  readonly outbox: Pick<OutboxStore, 'takeDueMail' | 'postponeMail' | 'endMail'>;
  readonly clock: () => number;
  /** Decides to whom an order goes, and makes its token; null: to nobody. */
  readonly prepare: (tenantId: string, order: MailOrder) => Promise<PreparedMail | null>;
  readonly transport: MailTransport;
  readonly log: MailLog;
}

/** Gets no token and no full address. */
export interface MailLog {
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** All in ms. The node that took an order has it alone for the time of the lease. */
const times = { wake: 250, poll: 2_000, lease: 60_000, sending: 45_000 };

/** Pauses after the first, second, ... failed attempt, in ms; the last one repeats until the row expires. */
const pauses = [1, 5, 30, 2 * 60, 10 * 60, 30 * 60, 60 * 60].map((seconds) => seconds * 1_000);

/** One slow recipient must not keep the others waiting. */
const atOnce = 4;

/**
 * Creates the mailer of one node; any number of nodes may work on one outbox.
 *
 * Each order is sent once, unless a node dies, or loses the database, between the server's taking the mail and its being
 * noted: then it is sent again after a minute, with a new token in place of the old.
 */
export function createMailer({ outbox, clock, prepare, transport, log }: MailerDeps): Mailer {
  const inHand = new Set<Promise<void>>();
  let claiming: Promise<void> | undefined;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;
  let isStarted = false;
  let isClosed = false;
  let isOutageTold = false;

  /** Looks again after `milliseconds`, or sooner if that was wanted already. */
  function schedule(pause: number): void {
    const at = performance.now() + pause;
    if (!isStarted || isClosed || (timer && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    const handle = setTimeout(() => {
      timer = undefined;
      void claimDue();
    }, pause);
    timer = { at, handle: handle.unref() };
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
      if (inHand.size >= atOnce) await Promise.race(inHand);
      const row = isClosed ? null : await claim();
      if (!row) return;
      const work = deliver(row).catch(tellOutage).finally(() => inHand.delete(work));
      inHand.add(work);
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
      if (clock() > nextAt.getTime() - times.sending) throw new Error('To prepare it took so long that another node may have it.');
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

  /** Once for each outage: the next look is soon. */
  function tellOutage(error: unknown): void {
    if (!isOutageTold) log.error({ reason: reasonOf(error) }, 'the outbox cannot be read or written, so that no mail is sent');
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
      await Promise.all(inHand);
    },
    async close() {
      isClosed = true;
      clearTimeout(timer?.handle);
      await claiming;
      await Promise.all(inHand);
      transport.close();
    },
  };
}

function reasonOf(error: unknown): string {
  return maskAddresses(error instanceof Error ? error.message : String(error));
}
