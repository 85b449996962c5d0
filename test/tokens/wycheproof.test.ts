import { createSecretKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importVerificationKey } from '../../src/tokens/verification-key.ts';
import { verifyCompact } from '../../src/tokens/compact-jws.ts';
import type { JwsAlgorithm } from '../../src/tokens/compact-jws.ts';
import { form } from '../support/proof.ts';

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly jws: string;
  readonly result: 'valid' | 'invalid';
}

interface Group {
  readonly public?: JsonWebKey;
  readonly private: JsonWebKey;
  readonly tests: readonly Vector[];
}

/**
 * Valid vectors whose key carries another `alg` than RFC 7520 gives its example: the tokens of figures 20 and 27 are PS384 and
 * ES512 (sections 4.2 and 4.3), their keys here say PS256 and "ES521", which is no algorithm at all. They must be refused with the
 * key as it stands, since its `alg` is what pins the algorithm, and accepted with the `alg` of the RFC.
 */
const algOfRfc7520: Readonly<Record<number, JwsAlgorithm>> = { 346: 'PS384', 350: 'PS384', 347: 'ES512', 351: 'ES512' };

/**
 * Called valid, but with a "?" in header or payload: RFC 7515 section 5.2 (steps 2 and 6) allows no additional characters, the
 * signature is over the text without it, and their siblings 361, 366 and 371 are called invalid for the very same.
 */
const validAgainstRfc7515 = [372, 373];

/** Called invalid, but byte for byte the token of the valid vector 357 under the same key: C2SP/wycheproof issue 236. */
const sameAsValid357 = [367, 370];

const vectors = process.env['GATEHOUSE_VECTORS'] ?? join(import.meta.dirname, '../../../shared/corpora');
const file = join(vectors, 'wycheproof/json_web_signature_test.json');

describe('Wycheproof JWS vectors', () => {
  if (!existsSync(file) && form === 'short') {
    it.skip('skipped: no vectors; name their folder in GATEHOUSE_VECTORS', () => undefined);
    return;
  }

  const groups = existsSync(file) ? readGroups() : [];
  const cases = groups.flatMap((group) => group.tests.map((vector) => ({ ...vector, jwk: group.public ?? group.private })));
  const accepted = cases.filter(({ jws, jwk }) => isAccepted(jws, jwk));
  const acceptedIds = new Set(accepted.map(({ tcId }) => tcId));

  it('vectors, in every form but the short one, are there', () => {
    expect(cases.length).toBeGreaterThanOrEqual(401);
  });

  it('invalid vector, with the algorithm its key pins, is refused', () => {
    const wrong = accepted.filter(({ result, tcId }) => result === 'invalid' && !sameAsValid357.includes(tcId));
    expect(wrong).toEqual([]);
  });

  it('valid vector, with the algorithm its key pins, is accepted', () => {
    const missed = cases.filter(({ result, tcId }) => result === 'valid' && !acceptedIds.has(tcId)).map(({ tcId }) => tcId);
    expect(missed).toEqual([...Object.keys(algOfRfc7520).map(Number), ...validAgainstRfc7515]);
  });

  it.each(Object.entries(algOfRfc7520))('valid vector %s, with the algorithm of RFC 7520, is accepted', (tcId, alg) => {
    const found = cases.find((vector) => vector.tcId === Number(tcId));
    expect(found && isAccepted(found.jws, { ...found.jwk, alg })).toBe(true);
  });

  it.each(validAgainstRfc7515)('vector %d, with a foreign character, is accepted once that is taken out', (tcId) => {
    const found = cases.find((vector) => vector.tcId === tcId);
    expect(found?.jws).toContain('?');
    expect(found && isAccepted(found.jws.replace('?', ''), found.jwk)).toBe(true);
  });

  it.each(sameAsValid357)('vector %d, called invalid, is the very token of valid vector 357', (tcId) => {
    const [found, valid] = [tcId, 357].map((id) => cases.find((vector) => vector.tcId === id));
    expect(found?.jws).toBe(valid?.jws);
    expect(found?.jwk).toEqual(valid?.jwk);
    expect(valid?.result).toBe('valid');
  });

  it('figures, for the report', () => {
    const count = (wanted: string): string => {
      const all = cases.filter(({ result }) => result === wanted);
      return `${all.filter(({ tcId }) => acceptedIds.has(tcId)).length} of ${all.length} ${wanted}`;
    };
    const named = new Set(cases.flatMap(({ jwk }) => typeof jwk['alg'] === 'string' ? [jwk['alg']] : []));
    const unsupported = [...named].filter((alg) => !/^(HS|RS|PS|ES)(256|384|512)$/.test(alg));
    console.log([
      `Wycheproof JWS: ${cases.length} vectors; accepted ${count('valid')} (${Object.keys(algOfRfc7520).length} more with the alg of RFC 7520,`,
      `${validAgainstRfc7515.join(' and ')} break RFC 7515) and ${count('invalid')} (${sameAsValid357.join(' and ')} are the valid 357 again);`,
      `algorithms of keys that do not exist: ${unsupported.join(', ') || 'none'}`,
    ].join(' '));
    expect(cases.length).toBeGreaterThan(0);
  });
});

function readGroups(): readonly Group[] {
  // The form of the file is the corpus's own (json_web_signature_schema_v1.json).
  return (JSON.parse(readFileSync(file, 'utf8')) as { testGroups: readonly Group[] }).testGroups;
}

/** The algorithm comes from the key alone; a key that names none, or another use, verifies nothing. */
function isAccepted(token: string, jwk: JsonWebKey): boolean {
  const verifier = jwk.kty === 'oct' ? importSecret(jwk) : importPublic(jwk);
  return verifier !== undefined && verifyCompact(token, verifier).ok;
}

function importPublic(jwk: JsonWebKey): { key: KeyObject; algorithm: JwsAlgorithm } | undefined {
  const imported = importVerificationKey(jwk);
  return imported && { key: imported.publicKey, algorithm: imported.algorithm };
}

function importSecret({ k, alg }: JsonWebKey): { key: KeyObject; algorithm: JwsAlgorithm } | undefined {
  return alg === 'HS256' && k !== undefined ? { key: createSecretKey(Buffer.from(k, 'base64url')), algorithm: alg } : undefined;
}
