import { lifetimeOf, safeName, writeMail as write } from '../../../src/platform/mail/mail.texts.ts';
import type { MailDetails } from '../../../src/platform/mail/mail.texts.ts';
import type { MailKind } from '../../../src/platform/mail/mails.ts';
import { maskAddresses } from '../../../src/platform/mail/mail.address.ts';

const kinds = [
  'verify-email', 'reset-password', 'invitation', 'change-email', 'set-up-provider', 'password-changed', 'email-changed', 'identity-linked',
  'identity-unlinked', 'domain-lost',
] as const;
const link = 'https://gate.example/users/confirm#token=default.x&for=y';

const writeMail = (kind: MailKind, details: Partial<MailDetails>) => write(kind, { appName: 'Gatehouse', ...details });

describe('writeMail', () => {
  it.each(kinds)('%s, is short ASCII lines with the link alone on its own and what to do when nobody asked', (kind) => {
    const { subject, text } = writeMail(kind, { link, name: 'ann' });
    expect(`${subject}${text}`).toMatch(/^[\x20-\x7e\n]+$/);
    expect(subject).toContain('Gatehouse');
    expect(subject).not.toContain('\n');
    expect(text.split('\n').filter((line) => line.length > 72 && line !== link)).toEqual([]);
    expect(text).toContain(`\n${link}\n`);
    expect(text).toMatch(/^Hello ann,\n/);
    expect(text).toMatch(/\nIf .*(not|no )/);
  });

  it.each([
    ['reset-password', '30 minutes'], ['change-email', '1 hour'], ['verify-email', '24 hours'], ['invitation', '72 hours'],
  ] as const)('link of a %s, says %j', (kind, said) => {
    expect(writeMail(kind, { link }).text).toContain(`It works once, for ${said}.`);
    expect(lifetimeOf('password-changed', 'en')).toBe('');
  });

  it('link that works more than once, does not say that it works once', () => {
    expect(writeMail('set-up-provider', { link }).text).toContain('It works for 72 hours.');
  });

  it('name of an application, is in subject and text, in lines of at most 72 characters', () => {
    const appName = `The ${'very '.repeat(10)}long School`;
    for (const kind of kinds) {
      const { subject, text } = writeMail(kind, { appName, link });
      expect(subject).toContain(appName);
      expect(`${subject}${text}`).not.toMatch(/gatehouse|\{\{/i);
      expect(text.split('\n').filter((line) => line.length > 72)).toEqual([]);
    }
  });

  it.each([
    'evil.example.com', 'https://evil.example.com', 'you won, call 123', 'ann\nBcc: eve@example.com', 'ann\u2028', 'a@b', 'x'.repeat(33),
    '', 'a b', 'a/b',
  ])('username %j, which could carry a message, is left out', (username) => {
    expect(safeName(username)).toEqual({});
  });

  it('username of any script, is greeted', () => {
    expect(writeMail('email-changed', safeName('Jörg_2-日本')).text).toMatch(/^Hello Jörg_2-日本,\n/);
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
