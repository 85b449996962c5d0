import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { ClientSession, Model } from 'mongoose';
import { startError } from '../errors.ts';
import type { SigningKey, TokenKeys } from '../tokens/access-token.ts';
import type { VerificationKey } from '../tokens/verify-token.ts';
import { decryptPrivateKey, encryptPrivateKey } from './key-encryption.ts';
import type { PublishedJwk, SigningKeyRecord } from './signing-key.model.ts';
import { importVerificationKey } from './verification-key.ts';

export interface SigningKeyService extends TokenKeys {
  /** Makes the first key, inside the caller's transaction if there is one, unless an active key is stored; says whether it did. */
  ensure(session: ClientSession | undefined): Promise<boolean>;
  /**
   * Reads all stored keys into memory and swaps them in at once.
   *
   * Rejects, and keeps what was loaded before, when one does not decrypt, is not the key its `kid` names, or none is active.
   */
  load(): Promise<void>;
  /** The public keys, for `/.well-known/jwks.json` (RFC 7517 section 5); never a private member. */
  jwks(): { readonly keys: readonly PublishedJwk[] };
}

export interface SigningKeyDeps {
  readonly model: Model<SigningKeyRecord>;
  /** 32 bytes: KEY_ENCRYPTION_KEY. */
  readonly encryptionKey: KeyObject | Uint8Array;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
}

interface LoadedKey {
  readonly signing: SigningKey;
  readonly verification: VerificationKey;
  readonly published: PublishedJwk;
}

interface KeyRing {
  readonly signing: SigningKey;
  readonly verification: ReadonlyMap<string, VerificationKey>;
  readonly jwks: { readonly keys: readonly PublishedJwk[] };
}

/** Keeps the keys that sign access tokens: ES256, stored encrypted, used from memory. Throws unless the encryption key has 32 bytes. */
export function createSigningKeyService({ model, encryptionKey, clock = Date.now }: SigningKeyDeps): SigningKeyService {
  const secret = toSecretKey(encryptionKey);
  let ring: KeyRing | undefined;

  const loaded = (): KeyRing => {
    if (!ring) throw new Error('The signing keys are not loaded yet.');
    return ring;
  };

  return {
    async ensure(session) {
      const stored = await model.exists({ status: 'active' }).session(session ?? null);
      if (stored) return false;
      const record = await makeRecord(secret, clock());
      await model.create([record], session ? { session } : {});
      return true;
    },
    async load() {
      const records = await model.find().sort({ createdAt: 1, _id: 1 }).lean<SigningKeyRecord[]>();
      const keys = await Promise.all(records.map((record) => openRecord(record, secret)));
      const active = keys[records.findIndex((record) => record.status === 'active')];
      if (!active) throw new Error('No active signing key is stored: run the seeding first.');
      ring = {
        signing: active.signing,
        verification: new Map(keys.map(({ verification }) => [verification.kid, verification])),
        jwks: { keys: keys.map(({ published }) => published) },
      };
    },
    signingKey: () => loaded().signing,
    verificationKey: (kid) => loaded().verification.get(kid),
    jwks: () => loaded().jwks,
  };
}

function toSecretKey(key: KeyObject | Uint8Array): KeyObject {
  const secret = key instanceof Uint8Array ? createSecretKey(key) : key;
  if (secret.symmetricKeySize !== 32) throw new Error('KEY_ENCRYPTION_KEY must have 32 bytes.');
  return secret;
}

async function makeRecord(secret: KeyObject, now: number): Promise<SigningKeyRecord> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = await publish(publicKey);
  const encryptedPrivateKey = encryptPrivateKey(privateKey.export({ type: 'pkcs8', format: 'der' }), publicJwk.kid, secret);
  return { _id: publicJwk.kid, algorithm: 'ES256', publicJwk, encryptedPrivateKey, status: 'active', createdAt: new Date(now) };
}

/** Names each member it lets out, so that no private one can slip through. */
async function publish(publicKey: KeyObject): Promise<PublishedJwk> {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const members = { kty: 'EC', crv: 'P-256', x, y } as const;
  return { ...members, kid: await calculateJwkThumbprint(members), alg: 'ES256', use: 'sig' };
}

/** The encrypted half is the one to trust: a public key that somebody wrote into the database alone is refused. */
async function openRecord(record: SigningKeyRecord, secret: KeyObject): Promise<LoadedKey> {
  const kid = record._id;
  const privateKey = openPrivateKey(record, secret);
  const published = await publish(createPublicKey(privateKey));
  const verification = importVerificationKey({ ...published });
  const isItself = published.kid === kid && published.x === record.publicJwk.x && published.y === record.publicJwk.y;
  if (!verification || !isItself) throw startError(`The stored signing key ${kid} is not the key its id names: it was altered.`);
  return { signing: { kid, algorithm: verification.algorithm, privateKey }, verification, published };
}

function openPrivateKey({ _id: kid, encryptedPrivateKey }: SigningKeyRecord, secret: KeyObject): KeyObject {
  try {
    return createPrivateKey({ key: decryptPrivateKey(encryptedPrivateKey, kid, secret), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw startError(`KEY_ENCRYPTION_KEY does not fit the stored signing key ${kid}: start with the one it was stored under.`, cause);
  }
}
