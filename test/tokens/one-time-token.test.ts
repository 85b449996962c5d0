import { createHash } from 'node:crypto';
import { hashOneTimeToken, makeOneTimeToken, parseOneTimeToken } from '../../src/tokens/one-time-token.ts';

describe('one-time token', () => {
  it('made, names its tenant and carries 256 bits', () => {
    const { token, hash } = makeOneTimeToken('default');
    const [tenantId, secret = ''] = token.split('.');
    expect(tenantId).toBe('default');
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(hash).toBe(createHash('sha256').update(token).digest('hex'));
    expect(hash).not.toContain(secret);
  });

  it('made twice, differs', () => {
    expect(makeOneTimeToken('default').token).not.toBe(makeOneTimeToken('default').token);
  });

  it('parsed, gives back the tenant it was made for', () => {
    for (const tenantId of ['default', '64b7f0c2a1d3e4f5a6b7c8d9', 'a_b-C', 'x'.repeat(64)]) {
      for (let round = 0; round < 50; round += 1) expect(parseOneTimeToken(makeOneTimeToken(tenantId).token)).toBe(tenantId);
    }
  });

  it.each(['', 'a.b', 'a b', 'x'.repeat(65), 'ä', 'a\n'])('tenant id %j, makes no token', (tenantId) => {
    expect(() => makeOneTimeToken(tenantId)).toThrow(TypeError);
  });

  const secret = 'A'.repeat(43);
  it.each([
    '', secret, `.${secret}`, `default.${secret}A`,
    `default.${secret.slice(1)}`, `default.${secret.slice(1)}B`, `default.x.${secret}`, `default.${secret}\n`,
    ` default.${secret}`, `de fault.${secret}`,
    `default.${secret.slice(1)}=`, `default.+${secret.slice(1)}`, `${'x'.repeat(65)}.${secret}`, 'default.',
  ])('text %j, is no token', (text) => {
    expect(parseOneTimeToken(text)).toBeNull();
  });

  it('token with one character of another tenant, has another hash', () => {
    expect(hashOneTimeToken(`a.${secret}`)).not.toBe(hashOneTimeToken(`b.${secret}`));
  });
});
