import type { JwsAlgorithm, JwsRules } from './compact-jws.ts';
import { createRemoteKeys } from './remote-keys.ts';
import type { RemoteKeysDeps } from './remote-keys.ts';
import { importForeignKey, importPemKey } from './verification-key.ts';
import type { ForeignKey } from './verification-key.ts';

/** A key that may have signed a token, and the algorithm that the token names. */
export type CandidateKey = Pick<JwsRules, 'key' | 'algorithm'>;

/** The public keys of another issuer of tokens. */
export interface ForeignKeys {
  /**
   * The keys that may have signed a token with this header. None if it names no allowed algorithm. Throws `keys-unreachable`.
   *
   * Nothing but `alg` and `kid` of the header is read.
   */
  candidates(header: Readonly<Record<string, unknown>>): Promise<readonly CandidateKey[]>;
}

export interface ForeignKeysDeps extends Pick<RemoteKeysDeps<ForeignKey>, 'url' | 'fetch' | 'clock'> {
  /** The algorithms that tokens may name. */
  readonly algorithms: readonly JwsAlgorithm[];
}

/**
 * Creates the source of keys that an issuer publishes at a URL. A token with an unknown `kid` causes a fetch, within the limit of
 * `createRemoteKeys`. For a token without a `kid`, all keys of its algorithm are candidates.
 */
export function createForeignKeys({ algorithms, ...deps }: ForeignKeysDeps): ForeignKeys {
  const remote = createRemoteKeys({ ...deps, importKey: (jwk) => importForeignKey(jwk, algorithms) });
  return {
    async candidates({ alg, kid }) {
      if (!isAllowed(alg, algorithms) || (kid !== undefined && typeof kid !== 'string')) return [];
      await remote.freshen();
      if (kid !== undefined && !remote.verificationKey(kid)) await remote.learn(kid);
      return select(remote.all().filter((key) => kid === undefined || key.kid === kid), alg);
    },
  };
}

/**
 * Creates the source of keys from a configuration, in PEM. They have no `kid`, so the `kid` of a token does not count.
 *
 * Throws a TypeError if a text is no public key for one of the algorithms.
 */
export function createPemKeys(pems: readonly string[], algorithms: readonly JwsAlgorithm[]): ForeignKeys {
  const keys = pems.map((pem) => {
    const key = importPemKey(pem, algorithms);
    if (!key) throw new TypeError('This is no public key in PEM that the algorithms allow.');
    return key;
  });
  return { candidates: ({ alg }) => Promise.resolve(isAllowed(alg, algorithms) ? select(keys, alg) : []) };
}

function isAllowed(alg: unknown, algorithms: readonly JwsAlgorithm[]): alg is JwsAlgorithm {
  return (algorithms as readonly unknown[]).includes(alg);
}

function select(keys: readonly ForeignKey[], algorithm: JwsAlgorithm): CandidateKey[] {
  return keys.filter(({ algorithms }) => algorithms.includes(algorithm)).map(({ publicKey }) => ({ key: publicKey, algorithm }));
}
