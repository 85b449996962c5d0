import { cleanSteps } from '../../../../src/features/sso/traces/clean-steps.ts';

const clean = (received: string, secrets: readonly string[] = []) => (
  cleanSteps([{ step: 'a', ok: false, received, expected: received, repair: received }], secrets)[0]?.received ?? '');

const uuid = '9188040d-6c67-4b5b-b112-36a304b66dad';
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ';

describe('the steps of a login, as they are kept', () => {
  it.each([
    ['a token', jwt], ['a token in a sentence', `the token ${jwt} is old`], ['an encrypted token', `${jwt}.aaaaaaaaaa.bbbbbbbb`],
    ['a token in a URL', `https://app.example/cb?id_token=${jwt}`],
    ['a code', 'SplxlOBeZQQYbYS6WxSbIASplxlOBeZQQYbYS6'], ['a code of Keycloak', `${uuid}.${uuid}.${uuid}`],
    ['base64 with slashes', 'Zm9v/YmFyYmF6+Zm9vYmFyYmF6/Zm9vYmFyYmF6Zm9v=='],
    ['an assertion', '<saml:Assertion ID="a">secret</saml:Assertion>'],
  ])('%s, is removed', (_name, text) => {
    const kept = clean(text);
    expect(kept).toContain('[removed]');
    for (const part of text.match(/[\w+/=-]{24,}/g) ?? []) if (part !== 'the') expect(kept).not.toContain(part);
    expect(kept).not.toContain('secret');
  });

  it.each([
    `https://login.microsoftonline.com/${uuid}/v2.0`, 'https://id.acme.example/realms/acme/protocol/openid-connect/certs', 'RS256', uuid,
    'https://a-host-with-a-very-long-name-of-its-own.login.acme.example/', 'the audience is another client',
  ])('%s, stays', (text) => {
    expect(clean(text)).toBe(text);
  });

  it('a secret of this login, is removed however short it is, and wherever it stands', () => {
    expect(clean('code=ab12&state=zz, again ab12', ['ab12', ''])).toBe('code=[removed]&state=zz, again [removed]');
  });

  it('a long value or one with control characters, is cut and plain; too many steps are left out', () => {
    expect(clean('x '.repeat(1_000))).toHaveLength(300);
    expect(clean('a\r\nb\u202ec\u0000')).toBe('a  b c ');
    expect(cleanSteps(Array.from({ length: 100 }, () => ({ step: 'a', ok: true })))).toHaveLength(60);
  });

  it('a million characters, take a moment', () => {
    const began = process.cpuUsage();
    for (const text of ['a', '<', 'a.', 'ab-', '/']) clean(text.repeat(1_000_000));
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000);
  });
});
