import { decodeProtectedHeader } from 'jose';
import { createAccessTokens } from '../../src/tokens/access-token.ts';
import { forgeEc, goodClaims, keyRing, lifetimeSeconds, makeEcPair, now, settingsOf } from './forge.ts';

const pair = makeEcPair();
const subject = { sub: 'user-1', sid: 'session-1', tenant: 'default', username: 'ada', roles: ['user', 'auditor'] };
const goodHeader = { alg: 'ES256', kid: 'k1', typ: 'at+jwt' };

describe('createAccessTokens', () => {
  it('signed token, verifies to its claims', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const result = tokens.verify(tokens.sign(subject));
    expect(result).toEqual({
      ok: true,
      claims: { ...goodClaims, roles: subject.roles, jti: expect.stringMatching(/^[\w-]{22}$/) as string },
    });
  });

  it('signed token, has the header of RFC 9068 and nothing else', () => {
    const token = createAccessTokens(settingsOf(keyRing({ k1: pair }))).sign(subject);
    expect(decodeProtectedHeader(token)).toEqual(goodHeader);
  });

  it('two tokens of one session in one second, differ', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    expect(tokens.sign(subject)).not.toBe(tokens.sign(subject));
  });

  it('time passing, the token is good to the last millisecond, then expired, remembered or not', () => {
    let clock = now * 1000;
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair }), { clock: () => clock }));
    const token = tokens.sign(subject);
    clock = (now + lifetimeSeconds) * 1000 - 1;
    expect(tokens.verify(token).ok).toBe(true);
    clock += 1;
    expect(tokens.verify(token)).toEqual({ ok: false, code: 'token-expired' });
    expect(tokens.verify(token)).toEqual({ ok: false, code: 'token-expired' });
  });

  it('key removed or replaced, its remembered tokens die at once', () => {
    const keys = keyRing({ k1: pair, k2: makeEcPair() });
    const tokens = createAccessTokens(settingsOf(keys));
    const token = tokens.sign(subject);
    expect(tokens.verify(token).ok).toBe(true);
    keys.drop('k1');
    expect(tokens.verify(token)).toEqual({ ok: false, code: 'token-invalid' });

    let current = keyRing({ k1: pair });
    const moving = createAccessTokens(settingsOf({ signingKey: () => current.signingKey(), verificationKey: (kid) => current.verificationKey(kid) }));
    expect(moving.verify(token).ok).toBe(true);
    current = keyRing({ k1: makeEcPair() });
    expect(moving.verify(token)).toEqual({ ok: false, code: 'token-invalid' });
  });

  it('claims of a remembered token, cannot be changed by one request for another', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const token = tokens.sign(subject);
    const first = tokens.verify(token);
    expect(first.ok && Object.isFrozen(first.claims) && Object.isFrozen(first.claims.roles)).toBe(true);
    const second = tokens.verify(token);
    expect(first.ok && second.ok && first.claims === second.claims).toBe(true);
  });

  it('token altered after the good one was remembered, is refused', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const token = tokens.sign(subject);
    expect(tokens.verify(token).ok).toBe(true);
    expect(tokens.verify(`${token.slice(0, -6)}AAAAAA`)).toEqual({ ok: false, code: 'token-invalid' });
  });

  it('roles over 4 kB, are left to the session', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    const roles = Array.from({ length: 600 }, (_, index) => `role-${index}`);
    const result = tokens.verify(tokens.sign({ ...subject, roles }));
    expect(result).toMatchObject({ ok: true, claims: { grants: 'session', sub: 'user-1' } });
    expect(result.ok && 'roles' in result.claims).toBe(false);
  });

  it('token that would come out over 8 kB, is not issued', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    expect(() => tokens.sign({ ...subject, username: 'x'.repeat(6500) })).toThrow(/over 8192/);
  });

  it('claims that are not declared, do not reach the caller', () => {
    const tokens = createAccessTokens(settingsOf(keyRing({ k1: pair })));
    expect(tokens.verify(forgeEc(goodHeader, { ...goodClaims, admin: true }, pair.privateKey))).toEqual({ ok: true, claims: goodClaims });
  });
});
