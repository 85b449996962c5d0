import type { KeyObject } from 'node:crypto';
import type { ClientSession } from '../../platform/database/session.ts';
import type { TokenKeys } from '../../tokens/access-token.ts';
import { createKeyRing } from './key-ring.ts';
import type { KeyRing, RingKey } from './key-ring.ts';
import type { PublishedJwk, SigningKeyRecord } from './signing-key.model.ts';
import { makeRecord, openRecord } from './signing-key.record.ts';
import type { SigningKeyStore } from './signing-key.store.ts';

export interface SigningKeyService extends TokenKeys {
  /** Creates the first key, inside the caller's transaction if there is one, unless one is stored; says whether it did. */
  ensure(session: ClientSession | undefined): Promise<boolean>;
  /**
   * Reads all stored keys into memory and swaps them in at once.
   *
   * Rejects, and keeps what was loaded before, when one does not decrypt, is not the key its `kid` names, or none is stored.
   */
  load(): Promise<void>;
  /** Sees to it that what is loaded was read within the last 2 s; undefined where nothing is to be waited for. */
  refresh(): Promise<void> | undefined;
  /** Reads anew for a token of a key that is not known, at most once a second; says whether it did. */
  reread(): Promise<boolean>;
  /** The public keys, for `/.well-known/jwks.json` (RFC 7517 section 5); never a private member. */
  jwks(): { readonly keys: readonly PublishedJwk[] };
}

export interface SigningKeyDeps {
  readonly store: Pick<SigningKeyStore, 'hasAny' | 'readAll' | 'create'>;
  /** KEY_ENCRYPTION_KEY. */
  readonly secret: KeyObject;
  /** How long a key verifies after it has stopped signing, in ms. */
  readonly tokenLifetime: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Milliseconds that never go back. */
  readonly monotonic?: () => number;
}

/** A key that was revoked opens nothing after some milliseconds, on whatever node. */
const maxStaleness = 2_000;
/** From this age on, in ms, keys are read anew while the old ones still serve. */
const refreshedAfter = 1_000;

/** Keeps the keys that sign access tokens: ES256, stored encrypted, used from memory. */
export function createSigningKeyService(
  { store, secret, tokenLifetime, clock, monotonic = () => performance.now() }: SigningKeyDeps,
): SigningKeyService {
  /** Opened once: a token that was verified stays known as long as its key is the same object. */
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

  /** One at a time; who comes while one runs waits for it. */
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
      if (age > refreshedAfter) load().catch(() => undefined); // asked for again, and then waited for, if this fails
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
