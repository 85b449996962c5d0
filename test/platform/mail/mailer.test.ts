import { setTimeout as sleep } from 'node:timers/promises';
import { systemActor } from '../../../src/platform/changes/actor.ts';
import type { MailOrder } from '../../../src/platform/changes/outbox.model.ts';
import type { MailTransport, OutgoingMail } from '../../../src/platform/mail/mail.transport.ts';
import { startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';
import { startMailing } from './mailing.ts';
import type { Mailing } from './mailing.ts';
import { eventually } from '../../support/eventually.ts';

const kind = 'password-changed';
const second = 1_000;

let mailing: Mailing;
let mailbox: Mailbox;
let refused: Record<string, number>;
beforeAll(async () => {
  mailing = await startMailing();
  mailbox = await startMailbox({ refuse: (to) => refused[to] });
});
beforeEach(async () => {
  refused = {};
  await mailing.reset();
});
afterAll(async () => {
  await mailing.close();
});

const arrivedAt = (address: string) => mailbox.mails().filter(({ to }) => to === address).length;

/** A way out that the test holds open; what it was given, and how to let go. */
function heldTransport(holds: (mail: OutgoingMail) => boolean = () => true) {
  const given: string[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => { release = resolve; });
  const transport: MailTransport = {
    async send(mail) {
      given.push(mail.to);
      if (holds(mail)) await released;
    },
    close: () => undefined,
  };
  return { transport, given, release: () => release() };
}

describe('an order for a mail', () => {
  it('committed, goes out a quarter of a second after the answer and leaves no address behind', async () => {
    mailing.mailer({ smtpUrl: mailbox.url }).start();
    await sleep(300); // past the look at the start
    await mailing.order({ kind, email: 'ann@example.com' });
    const ordered = performance.now();
    const mail = await mailbox.next('ann@example.com');
    expect(performance.now() - ordered).toBeGreaterThan(200);
    expect(mail).toMatchObject({ subject: kind, text: 'A text.\n', from: 'Gatehouse <gate@example.com>' });
    await mailing.reset();
    expect(mailing.woken()).toBe(0);
  });

  it('sent, is a row without address and user beyond its target', async () => {
    await mailing.order({ kind, email: 'bob@example.com' }, { kind: 'reset-password', userId: 'u1' });
    await mailing.mailer({ smtpUrl: mailbox.url }).flush();
    expect(await mailing.rows()).toMatchObject([
      { tenantId: 'default', action: 'mail.password-changed', target: { kind: 'user', id: '' }, policy: false, users: [] },
      { action: 'mail.reset-password', target: { kind: 'user', id: 'u1' } },
    ]);
    expect(JSON.stringify(await mailing.rows())).not.toMatch(/@|"mail"/);
  });

  it('rolled back, is neither stored nor sent, and wakes nobody', async () => {
    const ordering = mailing.changes.transact(systemActor('default'), (tx) => {
      tx.record({ action: 'user.create', target: { kind: 'user', id: 'u1' } });
      tx.mail({ kind, email: 'never@example.com' });
      return Promise.reject(new Error('cut off here'));
    });
    await expect(ordering).rejects.toThrow('cut off here');
    await mailing.mailer({ smtpUrl: mailbox.url }).flush();
    expect([await mailing.rows(), arrivedAt('never@example.com'), mailing.woken()]).toEqual([[], 0, 0]);
  });

  it('beside a change, commits with it', async () => {
    await mailing.changes.transact(systemActor('default'), (tx) => {
      tx.record({ action: 'user.create', target: { kind: 'user', id: 'u1' } });
      tx.mail({ kind, email: 'both@example.com' });
      return Promise.resolve();
    });
    expect((await mailing.rows()).map(({ action, mail }) => [action, mail?.email]))
      .toEqual([['user.create', undefined], ['mail.password-changed', 'both@example.com']]);
    expect(mailing.woken()).toBe(1);
  });

  it('for nobody, is forgotten', async () => {
    await mailing.order({ kind, email: 'unknown@example.com' });
    await mailing.mailer({ smtpUrl: mailbox.url, prepare: () => Promise.resolve(null) }).flush();
    expect(JSON.stringify(await mailing.rows())).not.toContain('unknown');
    expect([arrivedAt('unknown@example.com'), mailing.told]).toEqual([0, []]);
  });
});

describe('a mail that is not taken', () => {
  it('server down at first, arrives after a second once it is up', async () => {
    const gone = await startMailbox();
    await gone.close();
    const mailer = mailing.mailer({ smtpUrl: gone.url });
    await mailing.order({ kind, email: 'late@example.com' });
    await mailer.flush();
    expect(mailing.told).toMatchObject([{ level: 'warn', facts: { kind, to: 'l***@example.com', attempt: 1, retryInSeconds: 1 } }]);
    expect(mailing.told[0]?.facts['reason']).toContain('ECONNREFUSED');
    const back = await startMailbox({ port: gone.port });
    mailing.time.now += second - 1;
    await mailer.flush();
    expect(back.mails()).toEqual([]);
    mailing.time.now += 1;
    await mailer.flush();
    expect(back.mails()).toMatchObject([{ to: 'late@example.com' }]);
    await back.close();
  });

  it('451, is tried again after 1 s, 5 s, 30 s, 2 min, 10 min, 30 min and each hour, for less than a day', async () => {
    refused['busy@example.com'] = 451;
    const mailer = mailing.mailer({ smtpUrl: mailbox.url });
    const began = mailing.time.now;
    await mailing.order({ kind, email: 'busy@example.com' });
    for (let next: Date | undefined = new Date(began); next; next = (await mailing.rows())[0]?.mail?.nextAt) {
      mailing.time.now = next.getTime();
      await mailer.flush();
    }
    const told = [...mailing.told];
    const last = told.pop();
    expect(told.map(({ facts }) => facts['retryInSeconds']))
      .toEqual([1, 5, 30, 120, 600, 1800, ...Array<number>(told.length - 6).fill(3600)]);
    expect(last).toMatchObject({ level: 'error', facts: { attempt: told.length + 1, reason: 'The server answered 451 to RCPT TO.' } });
    expect(mailing.time.now - began).toBeGreaterThan(22 * 3600 * second);
    expect(mailing.time.now - began).toBeLessThan(24 * 3600 * second);
    expect(arrivedAt('busy@example.com')).toBe(0);
  });

  it('451 once, arrives by itself a second later', async () => {
    refused['twice@example.com'] = 451;
    mailing.mailer({ smtpUrl: mailbox.url }).start();
    await mailing.order({ kind, email: 'twice@example.com' });
    await eventually(() => mailing.told.length > 0);
    refused = {};
    mailing.time.now += second;
    await mailbox.next('twice@example.com');
    expect(arrivedAt('twice@example.com')).toBe(1);
  });

  it('550 for the recipient, is given up at once, and no full address is logged', async () => {
    refused['gone@example.com'] = 550;
    await mailing.order({ kind, email: 'gone@example.com' });
    await mailing.mailer({ smtpUrl: mailbox.url }).flush();
    expect(mailing.told)
      .toMatchObject([{ level: 'error', facts: { to: 'g***@example.com', attempt: 1, reason: 'The server answered 550 to RCPT TO.' } }]);
    expect(JSON.stringify([mailing.told, await mailing.rows()])).not.toContain('gone@');
  });

  it('no way out is set, is kept, and the log says what to set', async () => {
    await mailing.order({ kind, email: 'waiting@example.com' });
    await mailing.mailer({}).flush();
    expect(mailing.told).toMatchObject([{ level: 'warn', facts: { reason: 'No mail can be sent: set SMTP_URL.' } }]);
    expect(await mailing.rows()).toMatchObject([{ mail: { email: 'waiting@example.com', attempts: 1 } }]);
  });

  it('cannot be prepared, is tried again, and its reason is logged without address', async () => {
    await mailing.order({ kind, email: 'odd@example.com' });
    const mailer = mailing.mailer({ smtpUrl: mailbox.url, prepare: () => Promise.reject(new Error('No luck with odd@example.com today')) });
    await mailer.flush();
    expect(mailing.told).toMatchObject([{ level: 'warn', facts: { reason: 'No luck with o***@example.com today' } }]);
    expect(await mailing.rows()).toMatchObject([{ mail: { attempts: 1 } }]);
  });
});

describe('mailers of several nodes', () => {
  it('100 orders and two nodes, each is sent once', async () => {
    const addresses = Array.from({ length: 100 }, (_, at) => `one${at}@example.com`);
    await mailing.order(...addresses.map((email) => ({ kind, email }) as const));
    const nodes = [
      mailing.mailer({ smtpUrl: mailbox.url }), mailing.mailer({ smtpUrl: mailbox.url, outbox: (await mailing.otherNode()).outbox }),
    ];
    await Promise.all(nodes.map((node) => node.flush()));
    await Promise.all(nodes.map((node) => node.flush()));
    expect(mailing.told).toEqual([]);
    expect(mailbox.mails().map(({ to }) => to).filter((to) => to.startsWith('one')).sort()).toEqual([...addresses].sort());
  }, 60_000);

  it('the node that took an order is killed before it sends, another sends it when the lease of a minute has run out', async () => {
    const killed = heldTransport();
    await mailing.order({ kind, email: 'lease@example.com' });
    void mailing.mailer({ transport: killed.transport }).flush();
    await eventually(() => killed.given.length === 1);
    const other = mailing.mailer({ smtpUrl: mailbox.url });
    mailing.time.now += 60 * second - 1;
    await other.flush();
    expect(arrivedAt('lease@example.com')).toBe(0);
    mailing.time.now += 1;
    await other.flush();
    expect(arrivedAt('lease@example.com')).toBe(1);
    killed.release();
  });

  it('a node that comes late, does not settle what another one is sending', async () => {
    const [late, other] = [heldTransport(), heldTransport()];
    await mailing.order({ kind, email: 'fence@example.com' });
    const lateFlush = mailing.mailer({ transport: late.transport }).flush();
    await eventually(() => late.given.length === 1);
    mailing.time.now += 60 * second;
    const otherFlush = mailing.mailer({ transport: other.transport }).flush();
    await eventually(() => other.given.length === 1);
    late.release();
    await lateFlush;
    expect(await mailing.rows()).toMatchObject([{ mail: { attempts: 2 } }]);
    other.release();
    await otherFlush;
    expect((await mailing.rows())[0]).not.toHaveProperty('mail');
  });

  it('preparing takes longer than the lease leaves, nothing is sent by this node', async () => {
    await mailing.order({ kind, email: 'slow@example.com' });
    await mailing.mailer({ smtpUrl: mailbox.url, prepare: (_tenantId, { email = '' }) => {
      mailing.time.now += 16 * second;
      return Promise.resolve({ to: email, subject: kind, text: 'A text.' });
    } }).flush();
    expect(arrivedAt('slow@example.com')).toBe(0);
  });
});

describe('a mailer', () => {
  it('one recipient that takes long, does not keep the others waiting', async () => {
    const { transport, given, release } = heldTransport(({ to }) => to === 'tarpit@example.com');
    await mailing.order({ kind, email: 'tarpit@example.com' }, { kind, email: 'a@example.com' }, { kind, email: 'b@example.com' });
    const flushed = mailing.mailer({ transport }).flush();
    await eventually(() => given.length === 3);
    release();
    await flushed;
  });

  it('closed, waits for the mails that it is sending and takes no further order', async () => {
    const { transport, given, release } = heldTransport();
    const mailer = mailing.mailer({ transport });
    // As many as it takes at once, so that it is not asking the database for one more when it is closed.
    const inHand = ['a@example.com', 'b@example.com', 'c@example.com', 'd@example.com'];
    await mailing.order(...inHand.map((email): MailOrder => ({ kind, email })));
    mailer.start();
    await eventually(() => given.length === inHand.length);
    let isClosed = false;
    const closed = mailer.close().then(() => { isClosed = true; });
    await mailing.order({ kind, email: 'after@example.com' });
    await sleep(50);
    expect(isClosed).toBe(false);
    release();
    await closed;
    await sleep(300); // past the quarter of a second
    expect(given.toSorted()).toEqual(inHand);
    const left = (await mailing.rows()).flatMap(({ mail }) => mail?.email ?? []);
    expect(left).toEqual(['after@example.com']);
  });

  it('an unreachable database, is reported once', async () => {
    const { connection, outbox } = await mailing.otherNode();
    await connection.close();
    const mailer = mailing.mailer({ outbox, smtpUrl: mailbox.url });
    await mailer.flush();
    await mailer.flush();
    expect(mailing.told).toMatchObject([{ level: 'error', message: 'the outbox cannot be read or written, so no mail is sent' }]);
  });
});
