import type { KeyObject } from 'node:crypto';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import { publishedAhead } from './key-ring.ts';
import type { SigningKeyRecord } from './signing-key.model.ts';
import { makeRecord } from './signing-key.record.ts';
import type { SigningKeyStore } from './signing-key.store.ts';

/** A stored key and its current state. */
export interface KeyStatus {
  readonly kid: string;
  /** waiting: published, and will sign; retired: no longer signs, and verifies until `until`; ended: verifies nothing. */
  readonly state: 'waiting' | 'signing' | 'retired' | 'ended';
  readonly signsFrom: Date;
  /** When its last token expires; absent while it signs or waits. */
  readonly until?: Date;
}

export interface KeyRotation {
  list(): Promise<readonly KeyStatus[]>;
  /**
   * Creates the next key, which is published now and signs in ten minutes. Deletes keys whose tokens have all expired.
   *
   * If a key waits already, none is created.
   */
  rotate(actor: Actor): Promise<{ readonly isNew: boolean; readonly key: KeyStatus }>;
  /**
   * Deletes a key, so that its tokens are refused: by every node within 2 s, and by services that verify tokens within ten minutes.
   *
   * If the key was signing, the waiting key signs at once; if none waits, a new key does. Undefined if there is no such key.
   */
  revoke(actor: Actor, kid: string): Promise<{ readonly signing: KeyStatus } | undefined>;
}

/** The rotation of keys, for the operator of the server. */
export interface GatehouseKeys {
  readonly list: KeyRotation['list'];
  /** Creates the next key, which is published now and signs in ten minutes. If a key waits already, none is created. */
  rotate(): ReturnType<KeyRotation['rotate']>;
  /**
   * Revokes a key: its tokens are refused by every node within 2 s, and by services that verify tokens within ten minutes.
   *
   * Undefined if there is no such key.
   */
  revoke(kid: string): ReturnType<KeyRotation['revoke']>;
}

export interface KeyRotationDeps {
  readonly store: SigningKeyStore;
  readonly secret: KeyObject;
  readonly changes: ChangeService;
  /** How long a key still verifies after it has stopped signing, in ms. */
  readonly tokenLifetime: number;
  /** Makes transactions that change keys run one after the other. */
  readonly lockDocument: (name: string, session: ClientSession) => Promise<unknown>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the rotation of keys: list, rotate and revoke. */
export function createKeyRotation({ store, secret, changes, tokenLifetime, lockDocument, clock }: KeyRotationDeps): KeyRotation {
  const change = <T>(actor: Actor, work: (tx: ChangeTransaction, records: readonly SigningKeyRecord[]) => Promise<T>): Promise<T> =>
    changes.transact(actor, async (tx) => {
      await lockDocument('signing-keys', tx.session);
      return work(tx, await store.readAll(tx.session));
    });

  function statusesOf(records: readonly SigningKeyRecord[]): KeyStatus[] {
    const now = clock();
    const signing = Math.max(0, records.findLastIndex(({ signsFrom }) => signsFrom.getTime() <= now));
    return records.map((record, index) => {
      const about = { kid: record._id, signsFrom: record.signsFrom };
      if (index >= signing) return { ...about, state: index === signing ? 'signing' : 'waiting' };
      const next = records[index + 1] ?? record;
      const until = next.signsFrom.getTime() + tokenLifetime;
      return { ...about, state: now < until ? 'retired' : 'ended', until: new Date(until) };
    });
  }

  async function add({ session }: ChangeTransaction, records: readonly SigningKeyRecord[], from: number): Promise<KeyStatus> {
    const record = await makeRecord(secret, { number: (records.at(-1)?.number ?? 0) + 1, signsFrom: from, now: clock() });
    await store.create(record, session);
    return { kid: record._id, state: from <= clock() ? 'signing' : 'waiting', signsFrom: record.signsFrom };
  }

  return {
    list: async () => statusesOf(await store.readAll()),

    rotate: (actor) => change(actor, async (tx, records) => {
      const statuses = statusesOf(records);
      const waiting = statuses.find(({ state }) => state === 'waiting');
      if (waiting) return { isNew: false, key: waiting };
      const ended = statuses.filter(({ state }) => state === 'ended').map(({ kid }) => kid);
      if (ended.length > 0) await store.remove(ended, tx.session);
      const key = await add(tx, records, clock() + publishedAhead);
      tx.record({ action: 'signing-key.rotate', target: { kind: 'signing-key', id: key.kid }, after: { signsFrom: key.signsFrom } });
      return { isNew: true, key };
    }),

    revoke: (actor, kid) => change(actor, async (tx, records) => {
      const statuses = statusesOf(records);
      const revoked = statuses.find((status) => status.kid === kid);
      if (!revoked) return undefined;
      await store.remove([kid], tx.session);
      tx.record({ action: 'signing-key.revoke', target: { kind: 'signing-key', id: kid } });
      const signing = statuses.find(({ state }) => state === 'signing');
      if (signing && signing.kid !== kid) return { signing };
      const waiting = statuses.find(({ state }) => state === 'waiting');
      if (!waiting) return { signing: await add(tx, records, clock()) };
      const signsFromNow = new Date(clock());
      await store.setStart(waiting.kid, signsFromNow, tx.session);
      return { signing: { kid: waiting.kid, state: 'signing', signsFrom: signsFromNow } };
    }),
  };
}
