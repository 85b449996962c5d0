import { verifyIdToken } from '../../../../src/features/sso/oidc/id-token.ts';
import type { IdTokenRules } from '../../../../src/features/sso/oidc/id-token.ts';
import { signingAlgorithms } from '../../../../src/features/sso/provider.types.ts';
import type { SigningAlgorithm } from '../../../../src/features/sso/provider.types.ts';
import { leftHalfOf, makeProviderKey, signToken } from '../../../support/sso/sign-token.ts';
import type { ProviderKey } from '../../../support/sso/sign-token.ts';

const now = 1_790_000_000;
const accessToken = 'an access token';
const rsa = makeProviderKey('rsa', 'RS256');
const keyFor = (alg: string): ProviderKey => (alg.startsWith('RS') || alg.startsWith('PS') ? { ...rsa, alg } : makeProviderKey(alg, alg));

function rulesFor(key: ProviderKey, changes: Partial<IdTokenRules> & { readonly algorithm?: SigningAlgorithm } = {}): IdTokenRules {
  const { algorithm, ...rest } = changes;
  return {
    issuer: 'https://id.example', audience: 'gatehouse', algorithms: signingAlgorithms, now, nonce: 'nonce', accessToken,
    keys: {
      freshen: () => Promise.resolve(), learn: () => Promise.resolve(false),
      verificationKey: (kid) => (kid === key.kid
        ? { publicKey: key.publicKey, algorithms: algorithm === undefined ? signingAlgorithms : [algorithm] } : undefined),
    },
    ...rest,
  };
}

const claimsFor = (alg: string) => ({
  iss: 'https://id.example', aud: 'gatehouse', sub: 'ann', iat: now, exp: now + 300, nonce: 'nonce',
  at_hash: leftHalfOf(accessToken, alg === 'EdDSA' ? 'sha512' : `sha${alg.slice(2)}`),
});
const tokenBy = (key: ProviderKey, alg = key.alg) => signToken({ alg, kid: key.kid }, claimsFor(alg), key);

describe('verifyIdToken', () => {
  it.each(signingAlgorithms)('%s, verifies the signature and the hash of the access token', async (alg) => {
    const key = keyFor(alg);
    const verdict = await verifyIdToken(tokenBy(key), rulesFor(key, { algorithm: alg }));
    expect(verdict).toMatchObject({ ok: true, claims: { sub: 'ann' } });
    const { privateKey } = makeProviderKey('other', alg);
    const other = { ...key, privateKey };
    expect((await verifyIdToken(tokenBy(other), rulesFor(key))).steps.at(-1)).toMatchObject({ step: 'signature', ok: false });
  });

  it('a key that is published for one algorithm, verifies no other of the same kind', async () => {
    const token = tokenBy({ ...rsa, alg: 'PS256' });
    expect((await verifyIdToken(token, rulesFor(rsa, { algorithm: 'RS256' }))).steps.at(-1)).toMatchObject({
      step: 'key', ok: false, received: '"PS256"',
    });
    expect((await verifyIdToken(token, rulesFor(rsa))).ok).toBe(true); // Entra publishes keys without an algorithm
  });

  it('an RSA key of 1024 bits, verifies nothing', async () => {
    const weak = makeProviderKey('weak', 'RS256', 1024);
    expect((await verifyIdToken(tokenBy(weak), rulesFor(weak))).steps.at(-1)).toMatchObject({ step: 'signature', ok: false });
  });

  it('keys that cannot be reached, refuse the token and say so', async () => {
    const { keys } = rulesFor(rsa);
    const verdict = await verifyIdToken(tokenBy(rsa), rulesFor(rsa, { keys: { ...keys, verificationKey: () => undefined } }));
    expect(verdict.steps.at(-1)).toMatchObject({ step: 'key', ok: false });
  });

  it('several audiences with us as the authorized party, times at their limits and a typ in other letters, are good', async () => {
    const token = (changes: object) => signToken({ alg: 'RS256', kid: 'rsa', typ: 'jwt' }, { ...claimsFor('RS256'), ...changes }, rsa);
    const good = [
      { aud: ['gatehouse', 'other'], azp: 'gatehouse' }, { aud: ['gatehouse'] }, { iat: now - 600 }, { iat: now + 5 }, { exp: now - 4 },
      { exp: now + 86_400 }, { nbf: now + 5 }, { sub: 'x'.repeat(255) }, { sub: 'Ünï 😀' }, { at_hash: undefined },
    ];
    for (const changes of good) expect((await verifyIdToken(token(changes), rulesFor(rsa))).steps.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('a trace, never holds the nonce, the subject or the token', async () => {
    const token = signToken({ alg: 'RS256', kid: 'rsa' }, { ...claimsFor('RS256'), nonce: 'secret nonce', sub: 'Ann\n' }, rsa);
    for (const rules of [rulesFor(rsa), rulesFor(rsa, { nonce: 'secret nonce' })]) {
      const text = JSON.stringify((await verifyIdToken(token, rules)).steps);
      expect(text).not.toMatch(/secret|Ann|eyJ/);
    }
  });
});
