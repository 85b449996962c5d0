import { createSecretKey } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importVerificationKey } from '../../src/tokens/verification-key.ts';
import { parseCompact, verifyParsed } from '../../src/tokens/compact-jws.ts';
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

/** Valid vectors with an empty payload: no token of ours, or of a service that people sign on with, is without claims. */
const withoutPayload = [259, 264, 268, 272, 320, 325];

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
    const wrong = accepted.filter(({ result }) => result === 'invalid');
    expect(wrong).toEqual([]);
  });

  it('valid vector, with the algorithm its key pins, is accepted', () => {
    const missed = cases.filter(({ result, tcId, jwk }) => result === 'valid' && jwk.kty !== 'oct' && !acceptedIds.has(tcId)).map(
      ({ tcId }) => tcId,
    );
    expect(missed.sort(byNumber)).toEqual([...withoutPayload, ...Object.keys(algOfRfc7520).map(Number)].sort(byNumber));
  });

  it('vector with a shared secret, valid or not, is refused even where its own algorithm is asked for', () => {
    const shared = cases.filter(({ jwk }) => jwk.kty === 'oct');
    expect(shared.filter(({ result }) => result === 'valid')).toHaveLength(10);
    expect(shared.filter(({ tcId }) => acceptedIds.has(tcId))).toEqual([]);
  });

  it.each(Object.entries(algOfRfc7520))('valid vector %s, with the algorithm of RFC 7520, is accepted', (tcId, alg) => {
    const found = cases.find((vector) => vector.tcId === Number(tcId));
    expect(found && isAccepted(found.jws, { ...found.jwk, alg })).toBe(true);
  });

  it('figures, for the report', () => {
    const count = (wanted: string): string => {
      const all = cases.filter(({ result }) => result === wanted);
      return `${all.filter(({ tcId }) => acceptedIds.has(tcId)).length} of ${all.length} ${wanted}`;
    };
    const named = new Set(cases.flatMap(({ jwk }) => typeof jwk['alg'] === 'string' ? [jwk['alg']] : []));
    const unsupported = [...named].filter((alg) => !/^(HS|RS|PS|ES)(256|384|512)$/.test(alg));
    console.log([
      `Wycheproof JWS: ${cases.length} vectors; accepted ${count('valid')} (${Object.keys(
        algOfRfc7520,
      ).length} more with the alg of RFC 7520,`,
      `${withoutPayload.length} without a payload and those with a shared secret are refused) and ${count('invalid')};`,
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
  const parsed = parseCompact(token);
  return verifier !== undefined && parsed !== undefined && verifyParsed(parsed, verifier).ok;
}

function importPublic(jwk: JsonWebKey): { key: KeyObject; algorithm: JwsAlgorithm } | undefined {
  const imported = importVerificationKey(jwk);
  return imported && { key: imported.publicKey, algorithm: imported.algorithm };
}

function importSecret({ k, alg }: JsonWebKey): { key: KeyObject; algorithm: JwsAlgorithm } | undefined {
  // No JwsAlgorithm, to see that nothing is accepted because somebody asked for it.
  return alg === 'HS256'
    && k !== undefined ? { key: createSecretKey(Buffer.from(k, 'base64url')), algorithm: alg as JwsAlgorithm } : undefined;
}

function byNumber(a: number, b: number): number {
  return a - b;
}
