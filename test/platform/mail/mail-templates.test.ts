import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailDetails } from '../../../src/platform/mail/mail.texts.ts';
import { readTemplates } from '../../../src/platform/mail/template-folder.ts';
import { createWriteMail } from '../../../src/platform/mail/write-mail.ts';
import type { MailTexts } from '../../../src/platform/mail/write-mail.ts';

const base = mkdtempSync(join(tmpdir(), 'gatehouse-templates-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let counter = 0;
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(base, `${(counter += 1)}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const link = 'https://gate.example/users/confirm#token=default.x&for=reset-password';
const details: MailDetails = { to: 'ann@example.com', appName: 'Example School', name: 'ann', link, token: 'default.x' };
const writer = (files: Readonly<Record<string, string>>) => createWriteMail({ findTemplate: readTemplates(folderWith(files)) });
const text = (words: string) => `Subject: ${words} {{appName}}\n\n${words}, {{name}}: {{link}} ({{lifetime}}) {{email}}\n`;

describe('texts of mails in files', () => {
  it('with every placeholder, are filled in, and kinds without a file keep the built-in text', async () => {
    const write = writer({ 'reset-password.txt': text('Hello') });
    expect(await write('reset-password', details)).toEqual({
      subject: 'Hello Example School', text: `Hello, ann: ${link} (30 minutes) ann@example.com\n`,
    });
    expect((await write('invitation', details)).subject).toBe('You are invited to Example School');
  });

  it('without a name, greet the address', async () => {
    const { name: _name, ...nameless } = details;
    expect((await writer({ 'reset-password.txt': text('Hello') })('reset-password', nameless)).text).toContain('Hello, ann@example.com:');
  });

  it.each([
    ['de-AT', 'Servus', '30 Minuten'], ['de-CH', 'Hallo', '30 Minuten'], ['de', 'Hallo', '30 Minuten'], ['fr', 'Hello', '30 minutes'],
    [undefined, 'Hello', '30 minutes'], ['__proto__', 'Hello', '30 minutes'],
  ])('for the language %s, begin with %j', async (language, words, lifetime) => {
    const write = writer({
      'reset-password.txt': text('Hello'), 'reset-password.de.txt': text('Hallo'), 'reset-password.de-AT.txt': text('Servus'),
    });
    const mail = await write('reset-password', { ...details, ...(language !== undefined && { language }) });
    expect([mail.subject, mail.text]).toEqual([`${words} Example School`, expect.stringContaining(`${words}, ann: ${link} (${lifetime})`)]);
  });

  it('with HTML, escape every value there and read no value as a placeholder', async () => {
    const write = writer({
      'reset-password.txt': text('Hello'),
      'reset-password.html': '<p title="{{appName}}">{{name}} of {{appName}}</p><a href="{{link}}">Go</a>',
    });
    const appName = '"><script>alert(1)</script> & {{link}} $& Co';
    const { html, text: plain } = await write('reset-password', { ...details, appName, name: '<b>' });
    const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{link}} $&amp; Co';
    expect(html).toBe(`<p title="${escaped}">&lt;b&gt; of ${escaped}</p><a href="${link.replace('&', '&amp;')}">Go</a>`);
    expect(plain).toContain('<b>');
  });

  it.each([
    ['an unknown kind', { 'welcome.txt': text('x') }, 'welcome.txt is not named'],
    ['an unknown language', { 'invitation.deutschland.txt': text('x') }, 'invitation.deutschland.txt is not named'],
    ['a language in other letters', { 'invitation.DE.txt': text('x') }, 'invitation.DE.txt is not named'],
    ['no subject', { 'invitation.txt': 'Hello {{link}}' }, 'does not begin with "Subject: ..."'],
    ['no text', { 'invitation.txt': 'Subject: Hello\n\n' }, 'does not begin with "Subject: ..."'],
    ['no link', { 'invitation.txt': 'Subject: Hello\n\nHello' }, 'has no {{link}}'],
    ['no link in HTML', { 'invitation.txt': text('x'), 'invitation.html': '<p>Hello' }, 'invitation.html has no {{link}}'],
    ['a link in a notice', { 'email-changed.txt': 'Subject: Hello\n\n{{link}}' }, 'has no link'],
    ['a link in a subject', { 'invitation.txt': 'Subject: {{link}}\n\n{{link}}' }, 'has no link'],
    ['an unknown placeholder', { 'invitation.txt': 'Subject: Hello\n\n{{link}} {{password}}' }, 'has {{password}}, which is none of'],
    ['a placeholder with spaces', { 'invitation.txt': 'Subject: Hello\n\n{{link}} {{ name }}' }, 'has {{ name }}, which is none of'],
    ['a placeholder without an end', { 'invitation.txt': 'Subject: Hello\n\n{{link}} {{name' }, 'belong to no placeholder'],
    ['HTML without a text', { 'invitation.html': '<a href="{{link}}">' }, 'invitation.html has no .txt beside it'],
    ['an attribute without quotes', { 'invitation.txt': text('x'), 'invitation.html': '<a href={{link}}>' }, 'without quotes'],
    ['a subject that hides its end', { 'invitation.txt': 'Subject: a\u202eb\n\n{{link}}' }, 'invisible characters'],
  ])('with %s, are refused at the start', (_what, files, message) => {
    expect(() => readTemplates(folderWith(files))).toThrow(message);
  });

  it('with several faults, are refused in one message; a folder that is not there, too', () => {
    expect(() => readTemplates(folderWith({ 'a.txt': '', 'b.txt': '' }))).toThrow(/a\.txt is .*\n.*b\.txt is /);
    expect(() => readTemplates(join(base, 'none'))).toThrow('MAIL_TEMPLATES cannot be read');
  });
});

describe('texts of mails from a function', () => {
  const write = (mailTexts: unknown) => createWriteMail({ mailTexts: mailTexts as MailTexts })('reset-password', details);

  it('that writes the mail, is given kind, details and language, and comes before files', async () => {
    const given: unknown[] = [];
    const written = { subject: 'S', text: `T ${link}`, html: `<a href="${link}">` };
    const mailTexts: MailTexts = (...all) => { given.push(...all); return written; };
    const findTemplate = readTemplates(folderWith({ 'reset-password.txt': text('Hello') }));
    const german = { ...details, language: 'de' };
    expect(await createWriteMail({ mailTexts, findTemplate })('reset-password', german)).toEqual(written);
    expect(given).toEqual(['reset-password', german, 'de']);
  });

  it('that answers nothing, leaves the mail to the built-in text', async () => {
    expect((await write(() => undefined)).subject).toBe('Set a new password for Example School');
  });

  it.each([
    ['throws', () => { throw new Error(link); }, 'mailTexts failed: Error.'],
    ['answers a text without the link', () => ({ subject: 'S', text: 'T' }), 'a text without the link'],
    ['answers HTML without the link', () => ({ subject: 'S', text: link, html: '<p>' }), 'HTML without the link'],
    ['answers something else', () => 'a text', 'must answer { subject, text, html? }'],
    ['answers a subject that is no text', () => ({ subject: 1, text: link }), 'must answer { subject, text, html? }'],
  ])('that %s, fails in a way that is tried again, and the reason quotes nothing', async (_what, mailTexts, message) => {
    const failure: unknown = await write(mailTexts).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'MailFailure', isFinal: false, message: expect.stringContaining(message) as string });
    expect(String(failure)).not.toContain('token');
  });
});
