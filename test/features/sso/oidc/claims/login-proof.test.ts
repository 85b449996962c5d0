import { readProof } from '../../../../../src/features/sso/oidc/claims/login-proof.ts';

const now = 1_790_000_000_000;
const seconds = now / 1_000;
const trusting = { trustedAmr: ['mfa', 'hwk'], trustedAcr: ['urn:acr:2'] };

describe('readProof', () => {
  it.each([
    ['no method', 1, {}, trusting],
    ['a method that is trusted', 2, { amr: ['pwd', 'mfa'] }, trusting],
    ['a method that is text, and trusted', 2, { amr: 'hwk' }, trusting],
    ['an acr that is trusted', 2, { acr: 'urn:acr:2' }, trusting],
    ['a trusted method, from a provider that is trusted with none', 1, { amr: ['mfa'], acr: 'urn:acr:2' }, {}],
    ['a method in other letters', 1, { amr: ['MFA'], acr: 'URN:ACR:2' }, trusting],
    ['values that are no texts', 1, { amr: [['mfa'], 2], acr: ['urn:acr:2'] }, trusting],
    ['an acr of a method, and the reverse', 1, { amr: ['urn:acr:2'], acr: 'mfa' }, trusting],
    ['a trusted method behind ten others', 1, { amr: [...Array.from({ length: 10 }, (_, index) => `m${index}`), 'mfa'] }, trusting],
  ] as const)('%s, is of level %i', (_title, level, claims, trusted) => {
    expect(readProof(claims, trusted, now).level).toBe(level);
  });

  it('the time, is that of the provider, never ahead, and without one that of the login', () => {
    const at = (time: unknown) => readProof({ auth_time: time }, {}, now).at.getTime();
    expect([seconds - 700, seconds + 60, undefined, String(seconds - 700), -1].map(at)).toEqual([now - 700_000, now, now, now, now]);
  });

  it('methods and session of the provider, are kept as short texts alone', () => {
    expect(readProof({ amr: ['pwd', 7, '', 'x'.repeat(65)], sid: 's' }, {}, now)).toMatchObject({ amr: ['pwd'], external: 's' });
    expect(readProof({ sid: 7 }, {}, now)).toEqual({ amr: [], level: 1, at: new Date(now) });
  });
});
