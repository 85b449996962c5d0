import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMailTransport, isMailFailure } from '../../../src/platform/mail/mail.transport.ts';
import type { MailTransportOptions, OutgoingMail } from '../../../src/platform/mail/mail.transport.ts';
import { readMail, startMailbox } from '../../support/mailbox.ts';
import type { Mailbox } from '../../support/mailbox.ts';

const plain = { kind: 'password-changed', to: 'ann@example.com', subject: 'A subject', text: 'A text.' } satisfies OutgoingMail;

const link = `https://gate.example.com/users/confirm#token=default.${'A'.repeat(43)}&for=verify-email`;

let mailbox: Mailbox;
let folder: string;
const transports: { close(): void }[] = [];
beforeAll(async () => { mailbox = await startMailbox(); });
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'gatehouse-mails-')); });
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(() => { for (const transport of transports) transport.close(); });

function transportTo(options: Partial<MailTransportOptions>) {
  const files: string[] = [];
  const transport = createMailTransport({
    smtpUrl: null, folder: null, from: { name: 'Gatehouse', address: 'gate@example.com' }, onFile: (path) => void files.push(path),
    ...options,
  });
  transports.push(transport);
  return { files, send: (mail: Partial<OutgoingMail> = {}) => transport.send({ ...plain, ...mail }) };
}

describe('mail to a server', () => {
  it('text with umlauts, dots alone on a line and long lines, arrives as it was written', async () => {
    const text = `Hello Jörg 😀,\n.\n..\nFrom here\n > there\n${'x'.repeat(1_500)}\n\n${'word '.repeat(300)}end\n`;
    await transportTo({ smtpUrl: mailbox.url }).send({ to: 'long@example.com', subject: 'Grüße aus dem Torhaus 😀', text });
    const mail = await mailbox.next('long@example.com');
    expect(mail.text.trimEnd()).toBe(text.trimEnd());
    expect(mail.subject).toBe('Grüße aus dem Torhaus 😀');
    expect(mail.headers)
      .toMatchObject({ 'auto-submitted': ['auto-generated'], from: ['Gatehouse <gate@example.com>'], to: ['long@example.com'] });
  });

  it('text with a long link, keeps the link whole', async () => {
    await transportTo({ smtpUrl: mailbox.url }).send({ to: 'link@example.com', text: `Hello,\n\n${link}\n` });
    expect(await mailbox.next('link@example.com')).toMatchObject({ link, token: `default.${'A'.repeat(43)}`, for: 'verify-email' });
  });

  it.each([
    'ann@example.com\r\nBcc: eve@example.com', 'ann@example.com\nBcc: eve@example.com', 'ann@example.com, eve@example.com',
    'ann@example.com;eve@example.com', 'Ann <ann@example.com>', '<ann@example.com>', 'ann@example.com> RCPT TO:<eve@example.com',
    'eve@example.com@example.org',
    '"ann\r\nBcc: eve"@example.com', '"a b"@example.com', 'ann@example.com\u2028', 'ann@exam\0ple.com', 'group:eve@example.com;', 'ann',
    '', '@example.com',
  ])('address %j, is refused for good and reaches no server', async (to) => {
    const before = mailbox.mails().length;
    await expect(transportTo({ smtpUrl: mailbox.url }).send({ to })).rejects.toMatchObject({ name: 'MailFailure', isFinal: true });
    await expect(transportTo({ folder }).send({ to })).rejects.toMatchObject({ isFinal: true });
    expect([mailbox.mails().length, readdirSync(folder)]).toEqual([before, []]);
  });

  it.each(['Hello\r\nBcc: eve@example.com', 'Hello\nX: y', 'Hello\0', 'a\u2028b\u0085c\u007f'])('subject %j, is refused for good', async (
    subject,
  ) => {
    await expect(transportTo({ smtpUrl: mailbox.url }).send({ subject })).rejects.toMatchObject({ isFinal: true });
  });

  it('text that looks like headers, stays text', async () => {
    await transportTo({ smtpUrl: mailbox.url }).send(
      { to: 'body@example.com', text: 'Bcc: eve@example.com\r\n\r\n.\r\nQUIT\r\nMAIL FROM:<eve@example.com>\n' },
    );
    const mail = await mailbox.next('body@example.com');
    expect(Object.keys(mail.headers)).not.toContain('bcc');
    expect(mail.text).toContain('.\nQUIT\nMAIL FROM:<eve@example.com>');
  });

  it('sender with a name that needs quotes, stays one sender', async () => {
    await transportTo({ smtpUrl: mailbox.url, from: { name: 'Gate, (the) Größe', address: 'gate@example.com' } }).send(
      { to: 'from@example.com' },
    );
    const mail = await mailbox.next('from@example.com');
    expect(mail.headers['from']).toEqual(['Gate, (the) Größe <gate@example.com>']);
  });
});

describe('a mail server that does not take a mail', () => {
  it.each([
    [451, false], [450, false], [550, true], [553, true], [503, false],
  ])('%i for the recipient, final: %s, and the message quotes nothing', async (code, isFinal) => {
    const refusing = await startMailbox({ refuse: () => code });
    await expect(transportTo({ smtpUrl: refusing.url }).send())
      .rejects.toMatchObject({ isFinal, message: `The server answered ${code} to RCPT TO.` });
    await refusing.close();
  });

  it.each([
    ['and ends the connection', 'RCPT', '421 going down, ann@example.com', 'The server answered 421 to RCPT TO.', false],
    ['the sender', 'MAIL', '550 no', 'The server answered 550 to MAIL FROM.', false],
    ['the mail after it was sent', '.', '554 token=secret in the mail of ann@example.com', 'The server answered 554 to DATA.', true],
  ])('refuses %s, says so and quotes nothing', async (_what, command, answer, message, isFinal) => {
    const server = await startScript((line) => (line.startsWith(command) ? answer : undefined));
    const failure: unknown = await transportTo({ smtpUrl: server.url }).send().catch((error: unknown) => error);
    expect(isMailFailure(failure) && [failure.message, failure.isFinal]).toEqual([message, isFinal]);
    await server.close();
  });

  it('says nothing, is given up after 5 s', async () => {
    const server = await startScript(() => '', '');
    const began = performance.now();
    await expect(transportTo({ smtpUrl: server.url }).send()).rejects.toMatchObject({ isFinal: false });
    expect(performance.now() - began).toBeLessThan(9_000);
    await server.close();
  }, 20_000);

  it('offers STARTTLS with a certificate that nobody trusts, gets no mail, not even in clear', async () => {
    const untrusted = await startMailbox({ tls: true });
    await expect(transportTo({ smtpUrl: untrusted.url }).send()).rejects.toMatchObject({ isFinal: false });
    expect(untrusted.mails()).toEqual([]);
    await transportTo({ smtpUrl: `${untrusted.url}?tls.rejectUnauthorized=false` }).send();
    expect(await untrusted.next('ann@example.com')).toMatchObject({ isSecure: true });
    await untrusted.close();
  });

  it('nowhere to send to, says what to set', async () => {
    await expect(transportTo({}).send())
      .rejects.toMatchObject({ isFinal: false, message: 'No mail can be sent: set SMTP_URL.' });
  });
});

describe('mail to a folder', () => {
  it('each mail, is a file that its owner alone can read, and its path is logged', async () => {
    const inner = join(folder, 'data', 'mails');
    const { files, send } = transportTo({ folder: inner });
    await Promise.all([send({ text: 'one' }), send({ kind: 'verify-email', to: 'bob@example.com', text: 'two' })]);
    expect(readdirSync(inner).map((name) => join(inner, name)).sort()).toEqual([...files].sort());
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(file).toMatch(/\/\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-(password-changed|verify-email)-[\da-f]{6}\.eml$/);
    }
    expect(statSync(inner).mode & 0o777).toBe(0o700);
    const path = files.find((file) => file.includes('verify-email')) ?? '';
    expect(readMail(readFileSync(path, 'utf8'), ''))
      .toMatchObject({ subject: 'A subject', text: 'two', headers: { to: ['bob@example.com'] } });
  });

  it('text with a long link and an umlaut, can be copied from the file as it is', async () => {
    const { files, send } = transportTo({ folder });
    await send({ text: `Hello Jörg,\n\n${link}\n` });
    const raw = readFileSync(files[0] ?? '', 'utf8');
    expect(raw).toContain(`Hello Jörg,\r\n\r\n${link}\r\n`);
    expect(readMail(raw, '')).toMatchObject({ link, text: `Hello Jörg,\n\n${link}\n` });
  });

  it('that cannot be written, fails and says why, and can be mended', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    await expect(transportTo({ folder: path }).send())
      .rejects.toMatchObject({ isFinal: false, message: expect.stringContaining('MAIL_FOLDER') as string });
  });

  it('beside a server, stays unused', async () => {
    await transportTo({ folder, smtpUrl: mailbox.url }).send({ to: 'both@example.com' });
    await mailbox.next('both@example.com');
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** A server that answers each line as the test says, else as SMTP wants it. */
async function startScript(
  answer: (line: string) => string | undefined, greeting = '220 script\r\n',
): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).write(greeting);
    let isMail = false;
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isMail && line !== '.') continue;
        isMail = line === 'DATA';
        const reply = answer(line) ?? (isMail ? '354 go on' : '250 fine');
        if (reply !== '') socket.write(`${reply}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo; // what a server on a port has
  return {
    url: `smtp://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
