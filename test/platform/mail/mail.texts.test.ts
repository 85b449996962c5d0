import { writeMail as write } from '../../../src/platform/mail/mail.texts.ts';
import type { MailFacts } from '../../../src/platform/mail/mail.texts.ts';
import type { MailKind } from '../../../src/platform/mail/mails.ts';
import { maskAddresses } from '../../../src/platform/mail/mail.address.ts';

const kinds = ['verify-email', 'reset-password', 'invitation', 'change-email', 'password-changed', 'email-changed'] as const;
const link = { url: 'https://gate.example.com/users/confirm#token=default.x&for=y', lifetime: 30 * 60_000 };

const writeMail = (kind: MailKind, facts: Partial<MailFacts>) => write(kind, { appName: 'Gatehouse', ...facts });

describe('writeMail', () => {
  it.each(kinds)('%s, is short ASCII lines with the link alone on its own and what to do when nobody asked', (kind) => {
    const { subject, text } = writeMail(kind, { link, username: 'ann' });
    expect(`${subject}${text}`).toMatch(/^[\x20-\x7e\n]+$/);
    expect(subject).toContain('Gatehouse');
    expect(subject).not.toContain('\n');
    expect(text.split('\n').filter((line) => line.length > 72 && line !== link.url)).toEqual([]);
    expect(text).toContain(`\n${link.url}\n`);
    expect(text).toMatch(/^Hello ann,\n/);
    expect(text).toMatch(/\nIf .*(not|no )/);
  });

  it.each([
    [30, '30 minutes'], [60, '1 hour'], [24 * 60, '24 hours'], [72 * 60, '72 hours'], [1, '1 minute'],
  ])('link of %i minutes, says %j', (minutes, said) => {
    expect(writeMail('reset-password', { link: { ...link, lifetime: minutes * 60_000 } }).text).toContain(`It works once, for ${said}.`);
  });

  it.each([
    'evil.example.com', 'https://evil.example.com', 'you won, call 123', 'ann\nBcc: eve@example.com', 'ann\u2028', 'a@b', 'x'.repeat(33),
    '', 'a b', 'a/b',
  ])('username %j, which could carry a message, is left out', (username) => {
    expect(writeMail('verify-email', { link, username })).toEqual(writeMail('verify-email', { link }));
  });

  it('username of any script, is greeted', () => {
    expect(writeMail('email-changed', { username: 'Jörg_2-日本' }).text).toMatch(/^Hello Jörg_2-日本,\n/);
  });
});

describe('maskAddresses', () => {
  it('addresses in a text, keep their first character and domain', () => {
    expect(maskAddresses('550 <ann@example.com> and "a b"@x.org, jörg@example.com'))
      .toBe('550 <a***@example.com> and "a b***@x.org, j***@example.com');
  });

  it('a text of a million characters, is cut at once', () => {
    const began = performance.now();
    expect(maskAddresses('x'.repeat(1_000_000))).toHaveLength(300);
    expect(performance.now() - began).toBeLessThan(100);
  });
});
