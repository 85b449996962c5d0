import { once } from 'node:events';
import { createHostTransport } from '../../../src/platform/mail/host.transport.ts';
import type { OutgoingMail } from '../../../src/platform/mail/mail.transport.ts';
import { createGatehouse } from '../../../src/gatehouse.ts';
import { createUnconnected } from '../../../src/platform/database/connect.ts';
import { loadSettings } from '../../../src/settings/load-settings.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../../support/test-settings.ts';
import { startMailing } from './mailing.ts';

const mail: OutgoingMail = { kind: 'invitation', to: 'ann@example.com', subject: 'Hello', text: 'https://gate.example.com/#token=secret' };

/** What a transport of a host that does this rejects with. */
function failureOf(send: () => Promise<unknown>, sent = mail): Promise<unknown> {
  return createHostTransport({ send }).send(sent).then(() => undefined, (error: unknown) => error);
}

describe('A transport of the host', () => {
  it('that takes the mail, is given kind, address, subject and text', async () => {
    const taken: OutgoingMail[] = [];
    await createHostTransport({ send: (given) => Promise.resolve(taken.push(given)) }).send(mail);
    expect(taken).toEqual([mail]);
  });

  it('that fails with an error that quotes the mail, is reported by name and code alone', async () => {
    const failure = await failureOf(
      () => Promise.reject(Object.assign(new Error(`550 for ${mail.to}: ${mail.text}`), { name: 'SendError', code: 'EENVELOPE' })),
    );
    expect(failure)
      .toMatchObject({ name: 'MailFailure', isFinal: false, message: 'The transport of the host failed: SendError EENVELOPE.' });
  });

  it.each([
    ['throws', () => { throw new TypeError(mail.text); }], ['rejects with a text', () => Promise.reject(mail.text as unknown as Error)],
  ])('that %s, fails like one that rejects', async (_what, send) => {
    const failure = await failureOf(send);
    expect(failure).toMatchObject({ name: 'MailFailure', isFinal: false });
    expect(String(failure)).not.toContain('secret');
  });

  it('that says that its failure is final, fails for good', async () => {
    expect(await failureOf(() => Promise.reject(Object.assign(new Error(), { isFinal: true })))).toMatchObject({ isFinal: true });
  });

  it.each([['a list of addresses', { to: 'ann@example.com, eve@example.com' }], [
    'a subject of two lines', { subject: 'Hello\r\nBcc: eve@example.com' },
  ]])('that would be given %s, is not called', async (_what, part) => {
    let calls = 0;
    const failure = await failureOf(() => Promise.resolve(calls += 1), { ...mail, ...part });
    expect(failure).toMatchObject({ name: 'MailFailure', isFinal: true });
    expect(calls).toBe(0);
  });

  it('that fails once and then takes the mail, is asked again after the first pause', async () => {
    const mailing = await startMailing();
    try {
      const tries: string[] = [];
      const transport = createHostTransport(
        { send: ({ to }) => (tries.push(to) === 1 ? Promise.reject(new Error('busy')) : Promise.resolve()) },
      );
      const mailer = mailing.mailer({ transport });
      await mailing.order({ kind: 'reset-password', email: 'ann@example.com' });
      await mailer.flush();
      mailing.time.now += 1_000;
      await mailer.flush();
      await mailer.flush();
      expect(tries).toEqual(['ann@example.com', 'ann@example.com']);
      expect(mailing.told).toMatchObject([{ level: 'warn', facts: { attempt: 1, reason: 'The transport of the host failed: Error.' } }]);
    } finally {
      await mailing.close();
    }
  });
});

describe('A Gatehouse with a transport of the host', () => {
  it('that has a server in its settings too, sends by the host alone', async () => {
    const arrived: OutgoingMail[] = [];
    const events = new EventTarget();
    const told = once(events, 'mail');
    const server = await startGatehouse({
      settings: testSettings(
        { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password', SMTP_URL: 'smtp://127.0.0.1:1' },
      ),
      mail: { send: (given) => { arrived.push(given); return Promise.resolve(events.dispatchEvent(new Event('mail'))); } },
    });
    try {
      await server.superadmin.post('/admin/create-user', { email: 'ann@example.com' }, 201);
      await told;
      expect(arrived).toMatchObject([{ kind: 'invitation', to: 'ann@example.com' }]);
      expect(arrived[0]?.text).toContain('/users/confirm#token=');
    } finally {
      await server.close();
    }
  }, 20_000);

  it('in production, needs no SMTP_URL; without either it is not made', async () => {
    const { keyEncryptionKey, pepper } = testSettings();
    const base64 = (key: typeof keyEncryptionKey) => key.export().toString('base64');
    const env = {
      NODE_ENV: 'production', PUBLIC_URL: 'https://gate.example.com', MONGODB_URI: 'mongodb://127.0.0.1/unused',
      KEY_ENCRYPTION_KEY: base64(keyEncryptionKey), PASSWORD_PEPPER: base64(pepper.key), LOG_LEVEL: 'silent',
    };
    expect(() => loadSettings(env)).toThrow('SMTP_URL is not set');
    const settings = loadSettings(env, { ownMail: true });
    expect(() => createGatehouse({ connection: createUnconnected(), settings })).toThrow('Production needs a way to send mail');
    await createGatehouse({ connection: createUnconnected(), settings, mail: { send: () => Promise.resolve() } }).close();
  });
});
