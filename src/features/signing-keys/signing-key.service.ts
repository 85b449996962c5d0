import type { KeyObject } from 'node:crypto';
import type { ClientSession } from '../../platform/database/session.ts';
import type { TokenKeys } from '../../tokens/access-token.ts';
import { createKeyRing } from './key-ring.ts';
import type { KeyRing, RingKey } from './key-ring.ts';
import type { PublishedJwk, SigningKeyRecord } from './signing-key.model.ts';
import { makeRecord, openRecord } from './signing-key.record.ts';
import type { SigningKeyStore } from './signing-key.store.ts';

export interface SigningKeyService extends TokenKeys {
  /** Creates the first key if none is stored, in this transaction if there is one; returns whether it created one. */
  ensure(session: ClientSession | undefined): Promise<boolean>;
  /**
   * Reads all stored keys and replaces those in memory at once.
   *
   * Rejects, and keeps the keys in memory, if a key does not decrypt, is not the key that its `kid` names, or none is stored.
   */
  load(): Promise<void>;
  /** Ensures that the keys in memory were read within the last 2 s; undefined if there is nothing to wait for. */
  refresh(): Promise<void> | undefined;
  /** Reads the keys again because a token names an unknown one, at most once a second; returns whether it read. */
  reread(): Promise<boolean>;
  /** The public keys for `/.well-known/jwks.json` (RFC 7517 section 5), without any private member. */
  jwks(): { readonly keys: readonly PublishedJwk[] };
}

export interface SigningKeyDeps {
  readonly store: Pick<SigningKeyStore, 'hasAny' | 'readAll' | 'create'>;
  /** KEY_ENCRYPTION_KEY. */
  readonly secret: KeyObject;
  /** How long a key still verifies after it has stopped signing, in ms. */
  readonly tokenLifetime: number;
  /** ms since 1970 */
  readonly clock: () => number;
  /** A clock that never goes back, in ms. */
  readonly monotonic?: () => number;
}

/** How old the keys in memory may be, in ms: no node accepts a revoked key for longer. */
const maxStaleness = 2_000;
/** From this age on, in ms, keys are read again while requests still use the old ones. */
const refreshedAfter = 1_000;

/** Creates the service that keeps the keys for access tokens in memory: ES256 keys, which are stored encrypted. */
export function createSigningKeyService(
  { store, secret, tokenLifetime, clock, monotonic = () => performance.now() }: SigningKeyDeps,
): SigningKeyService {
  /** Each key is decrypted once: verified tokens stay cached only as long as their key is the same object. */
  let opened = new Map<string, { readonly stored: string; readonly key: RingKey }>();
  let ring: KeyRing | undefined;
  let readAt = -Infinity;
  let rereadAt = -Infinity;
  let loading: Promise<void> | undefined;

  const loaded = (): KeyRing => {
    if (!ring) throw new Error('The signing keys are not loaded yet.');
    return ring;
  };

  async function open(record: SigningKeyRecord): Promise<RingKey> {
    const stored = JSON.stringify(record);
    const known = opened.get(record._id);
    return known?.stored === stored ? known.key : openRecord(record, secret);
  }

  async function readAll(): Promise<void> {
    const askedAt = monotonic();
    const records = await store.readAll();
    if (records.length === 0) throw new Error('No signing key is stored: run the seeding first.');
    const keys = await Promise.all(records.map(async (record) => ({ record, key: await open(record) })));
    ring = createKeyRing(keys.map(({ key }) => key), tokenLifetime);
    opened = new Map(keys.map(({ record, key }) => [record._id, { stored: JSON.stringify(record), key }]));
    readAt = askedAt;
  }

  /** One read at a time: a call during a read waits for that read. */
  function load(): Promise<void> {
    loading ??= readAll().finally(() => { loading = undefined; });
    return loading;
  }

  return {
    async ensure(session) {
      if (await store.hasAny(session)) return false;
      await store.create(await makeRecord(secret, { number: 1, signsFrom: clock(), now: clock() }), session);
      return true;
    },
    load,
    refresh() {
      const age = monotonic() - readAt;
      if (age > maxStaleness) return load();
      if (age > refreshedAfter) load().catch(() => undefined); // if it fails, a later request reads again and waits
      return undefined;
    },
    async reread() {
      if (monotonic() - rereadAt < refreshedAfter) return false;
      rereadAt = monotonic();
      await load();
      return true;
    },
    signingKey: () => loaded().signingKey(clock()),
    verificationKey: (kid) => loaded().verificationKey(kid, clock()),
    jwks: () => loaded().jwks(clock()),
  };
}
