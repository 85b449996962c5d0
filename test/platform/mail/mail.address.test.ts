import { isDisplayName } from '../../../src/platform/mail/mail.address.ts';

describe('a name that people see in mails', () => {
  it.each(['Acme', 'Booking.com', 'Café Zoë & Sons', '3M', 'AC/DC', '東京', 'Example "School" & <Co>'])('%j, is allowed', (name) => {
    expect(isDisplayName(name)).toBe(true);
  });

  it.each([
    '', ' Acme', 'Acme\r\nBcc: x', 'www.evil.example', 'Acme (www.evil.example)', 'evil.example/login', 'https://evil.example',
    'mailto:x', 'security@bank.example', '\u3164', 'Ac\u200bme', 'Acme\u034f', '\u202eemca', '...', 'x'.repeat(65),
  ])('%j, is refused', (name) => {
    expect(isDisplayName(name)).toBe(false);
  });
});
