import { systemActor } from '../../../src/platform/changes/actor.ts';
import { createChangeService } from '../../../src/platform/changes/change.service.ts';
import { createRehearsals } from '../../../src/platform/database/rehearsals.ts';
import { createOutboxModel } from '../../../src/platform/changes/outbox.model.ts';
import type { MailOrder, OutboxRow } from '../../../src/platform/changes/outbox.model.ts';
import { createOutboxStore } from '../../../src/platform/changes/outbox.store.ts';
import { createMailer } from '../../../src/platform/mail/mailer.ts';
import type { Mailer, MailerDeps } from '../../../src/platform/mail/mailer.ts';
import { createMailTransport } from '../../../src/platform/mail/mail.transport.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { buildIndexes } from '../../../src/platform/database/indexes.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';

/** What a mailer has told its log. */
export interface Told {
  readonly level: 'warn' | 'error';
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** An outbox on a database of its own, with mailers whose mails are made without users and tokens. */
export async function startMailing() {
  const { connection, uri, drop } = await createDatabase();
  const outbox = createOutboxModel(connection);
  await buildIndexes([outbox]);
  const told: Told[] = [];
  const mailers: Mailer[] = [];
  const others: (() => Promise<void>)[] = [];
  const time = { now: Date.UTC(2027, 0, 1) };
  const clock = () => time.now;
  let woken = 0;

  const changes = createChangeService({ rehearsals: createRehearsals(),
    connection, outbox: createOutboxStore(outbox), clock, raisePolicyVersion: () => Promise.resolve(),
    enforceQuota: () => Promise.resolve(), writeAudit: () => Promise.resolve([]),
  });
  changes.onMailOrdered(() => {
    woken += 1;
    for (const mailer of mailers) mailer.wake();
  });

  return {
    connection, outbox, changes, told, time,
    woken: () => woken,
    rows: (): Promise<OutboxRow[]> => outbox.find().sort({ _id: 1 }).lean(),
    /** Orders mails in one transaction each. */
    async order(...orders: readonly MailOrder[]): Promise<void> {
      for (const order of orders) {
        await changes.transact(systemActor('default'), (tx) => {
          tx.mail(order);
          return Promise.resolve();
        });
      }
    },
    mailer(deps: Partial<MailerDeps> & { readonly smtpUrl?: string }): Mailer {
      const { smtpUrl = null, ...others } = deps;
      const tell = (level: Told['level']) => (facts: object, message: string) => void told.push({ level, facts: { ...facts }, message });
      const mailer = createMailer({
        outbox: createOutboxStore(outbox), clock, log: { warn: tell('warn'), error: tell('error') },
        prepare: (_tenantId, { kind, email = 'nobody@example.com' }) => Promise.resolve({ to: email, subject: kind, text: 'A text.' }),
        transport: createMailTransport(
          { smtpUrl, folder: null, from: { name: 'Gatehouse', address: 'gate@example.com' }, onFile: () => undefined },
        ),
        ...others,
      });
      mailers.push(mailer);
      return mailer;
    },
    /** The same outbox as another node sees it. */
    async otherNode() {
      const other = await connect(uri);
      others.push(() => other.close());
      return { connection: other, outbox: createOutboxStore(createOutboxModel(other)) };
    },
    /** For the next test: nothing ordered, nothing told, no mailer. */
    async reset(): Promise<void> {
      await Promise.all(mailers.splice(0).map((mailer) => mailer.close()));
      told.length = 0;
      woken = 0;
      await outbox.deleteMany();
    },
    async close(): Promise<void> {
      await Promise.all(mailers.map((mailer) => mailer.close()));
      await Promise.all(others.map((close) => close()));
      await drop();
    },
  };
}

export type Mailing = Awaited<ReturnType<typeof startMailing>>;
