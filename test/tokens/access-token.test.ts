import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createAccessTokens } from '../../src/tokens/access-token.ts';
import type { TokenSubject } from '../../src/tokens/access-token.ts';
import {
  forgeEc, goodClaims, goodSubject as subject, keyRing, lifetimeSeconds, makeEcPair, now, settingsOf, toleranceSeconds,
} from './forge.ts';

const pair = makeEcPair();
const goodHeader = { alg: 'ES256', kid: 'k1', typ: 'at+jwt' };

describe('createAccessTokens', () => {
  it('signed token, verifies to its claims', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const result = tokens.verify(tokens.sign(subject).token);
    expect(result).toEqual({
      ok: true,
      claims: { ...goodClaims, jti: expect.stringMatching(/^[\w-]{22}$/) as string },
    });
  });

  it('signed token, has the header of RFC 9068 and nothing else', () => {
    const { token } = createAccessTokens(settingsOf(keyRing({ k1: pair }))).sign(subject);
    expect(decodeProtectedHeader(token)).toEqual(goodHeader);
  });

  it('two tokens of one session in one second, differ', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    expect(tokens.sign(subject).token).not.toBe(tokens.sign(subject).token);
  });

  it('time passing, the token is good to the last millisecond of the tolerance, then expired, remembered or not', () => {
    let clock = now * 1000;
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair }), { clock: () => clock }));
    const { token } = tokens.sign(subject);
    clock = (now + lifetimeSeconds + toleranceSeconds) * 1000 - 1;
    expect(tokens.verify(token).ok).toBe(true);
    clock += 1;
    expect(tokens.verify(token)).toEqual({ ok: false, code: 'token-expired' });
    expect(tokens.verify(token)).toEqual({ ok: false, code: 'token-expired' });
  });

  it('key removed or replaced, its remembered tokens die at once', () => {
    const keys = keyRing({ k1: pair, k2: makeEcPair() });
    const tokens = createAccessTokens(settingsOf(keys));
    const { token } = tokens.sign(subject);
    expect(tokens.verify(token).ok).toBe(true);
    keys.drop('k1');
    expect(tokens.verify(token)).toEqual({ ok: false, code: 'token-invalid' });

    let current = keyRing({ k1: pair });
    const moving = createAccessTokens(
      settingsOf({ signingKey: () => current.signingKey(), verificationKey: (kid) => current.verificationKey(kid) }),
    );
    expect(moving.verify(token).ok).toBe(true);
    current = keyRing({ k1: makeEcPair() });
    expect(moving.verify(token)).toEqual({ ok: false, code: 'token-invalid' });
  });

  it('claims of a remembered token, cannot be changed by one request for another', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const { token } = tokens.sign(subject);
    const first = tokens.verify(token);
    if (!first.ok) throw new Error(first.code);
    const { claims } = first;
    for (const part of [
      claims, claims.roles, claims.permissions, claims.policies, claims.policies?.[0], claims.policies?.[0]?.actions,
    ]) expect(Object.isFrozen(part)).toBe(true);
    const second = tokens.verify(token);
    expect(second.ok && claims === second.claims).toBe(true);
  });

  it('token altered after the good one was remembered, is refused', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const { token } = tokens.sign(subject);
    expect(tokens.verify(token).ok).toBe(true);
    expect(tokens.verify(`${token.slice(0, -6)}AAAAAA`)).toEqual({ ok: false, code: 'token-invalid' });
  });

  it('subject that must not be believed for long, has a token that ends then, in whole seconds, and says for how long it is good', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const endOf = (notAfter: number) => {
      const { token, expiresInSeconds } = tokens.sign({ ...subject, notAfter });
      const { exp, iat } = decodeJwt(token);
      expect([iat, expiresInSeconds]).toEqual([now, (exp ?? 0) - now]);
      return exp;
    };
    expect(endOf((now + 60) * 1000)).toBe(now + 60);
    expect(endOf((now + 60) * 1000 + 999)).toBe(now + 60);
    expect(endOf((now + 2 * lifetimeSeconds) * 1000)).toBe(now + lifetimeSeconds);
    expect(endOf(now * 1000 + 300)).toBe(now + 1);
  });

  it('namespace, repeats the roles under it', () => {
    const tokens = createAccessTokens({ ...settingsOf(keyRing({ k1: pair })), namespace: 'https://app.test/claims' });
    const { token } = tokens.sign(subject);
    expect(decodeJwt(token)).toMatchObject({ roles: ['user'], 'https://app.test/claims/roles': ['user'] });
    expect(tokens.verify(token)).toMatchObject({ ok: true, claims: { roles: ['user'] } });
  });
});

describe('createAccessTokens, with much to say', () => {
  const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
  const claimsOf = (changes: Partial<TokenSubject>) => {
    const { token } = tokens.sign({ ...subject, ...changes });
    expect(token.length).toBeLessThanOrEqual(8_192);
    const result = tokens.verify(token);
    if (!result.ok) throw new Error(result.code);
    return result.claims;
  };
  const fill = (size: number) => ['x'.repeat(size)];
  const emptyGrants = JSON.stringify({ permissions: [''], policies: [] }).length;
  const emptyAttributes = JSON.stringify({ name: '' }).length;

  it('permissions and policies of 4 kB, are said; of a byte more, are left to the session with the attributes', () => {
    const attributes = { name: 'Ada' };
    expect(claimsOf({ permissions: fill(4_096 - emptyGrants), policies: [], attributes }))
      .toMatchObject({ permissions: [expect.any(String)], attributes });
    const claims = claimsOf({ permissions: fill(4_097 - emptyGrants), policies: [], attributes });
    expect(claims).toMatchObject({ grants: 'session', roles: ['user'] });
    expect(Object.keys(claims).filter((name) => ['permissions', 'policies', 'attributes'].includes(name))).toEqual([]);
  });

  it('attributes of 1 kB, are said; of a byte more, are left to the session with everything else', () => {
    expect(claimsOf({ attributes: { name: 'x'.repeat(1_024 - emptyAttributes) } })).toMatchObject({ permissions: ['read:items'] });
    expect(claimsOf({ attributes: { name: 'x'.repeat(1_025 - emptyAttributes) } })).toMatchObject({ grants: 'session', roles: ['user'] });
    expect(claimsOf({ attributes: { name: '\u00e4'.repeat(600) } })).toMatchObject({ grants: 'session' });
  });

  it('all of it just small enough but the token over 8 kB, the grants are left to the session', () => {
    const claims = claimsOf({ permissions: fill(4_000), roles: fill(2_000) });
    expect(claims).toMatchObject({ grants: 'session', roles: fill(2_000) });
  });

  it('roles that alone are too much, are left to the session as well', () => {
    const claims = claimsOf({ roles: Array.from({ length: 600 }, (_, index) => `role-${index}`) });
    expect(claims).toMatchObject({ grants: 'session', sub: 'user-1' });
    expect('roles' in claims).toBe(false);
  });

  it('token that would come out over 8 kB whatever is left out, is not issued', () => {
    expect(() => tokens.sign({ ...subject, username: 'x'.repeat(6500) })).toThrow(/larger than 8192/);
  });

  it('claims that are not declared, do not reach the caller', () => {
    expect(tokens.verify(forgeEc(goodHeader, { ...goodClaims, admin: true }, pair.privateKey))).toEqual({ ok: true, claims: goodClaims });
  });
});
