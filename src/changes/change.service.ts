import type { ClientSession, Connection, Model } from 'mongoose';
import { newId } from '../mongo/new-id.ts';
import { inTransaction } from '../mongo/transactions.ts';
import type { OutboxRow } from './outbox.model.ts';

/** On whose behalf something changes, and through which request. */
export interface Actor {
  readonly tenantId: string;
  /** Null: the server itself, or somebody who is not logged in yet. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
}

/** One thing that changed, as it is recorded and announced. */
export interface Change {
  /** Such as "role.update-rights". */
  readonly action: string;
  readonly target: { readonly kind: 'role' | 'user' | 'session' | 'tenant' | 'signing-key'; readonly id: string };
  /** The fields that matter, before and after; only those that differ are kept. Never a hash. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** Whether what roles give has changed, for everybody of the tenant. */
  readonly raisesPolicy?: boolean;
  /** Users whose own access changed (their accessVersion is raised by whoever changes them). */
  readonly users?: readonly string[];
}

/** One transaction at work. */
export interface ChangeTransaction {
  readonly session: ClientSession;
  readonly actor: Actor;
  record(change: Change): void;
}

export interface ChangeService {
  /** Runs `work` and all that its changes entail in one transaction: a crash leaves all of it or none. */
  transact<T>(actor: Actor, work: (tx: ChangeTransaction) => Promise<T>): Promise<T>;
  /** The same inside a transaction that is already open. */
  within<T>(session: ClientSession, actor: Actor, work: (tx: ChangeTransaction) => Promise<T>): Promise<T>;
}

export interface ChangeDeps {
  readonly connection: Connection;
  readonly outbox: Model<OutboxRow>;
  readonly raisePolicyVersion: (tenantId: string, session: ClientSession) => Promise<void>;
  readonly writeAudit: (actor: Actor, changes: readonly Change[], session: ClientSession) => Promise<void>;
  readonly clock: () => number;
}

/** How long a row of the feed is kept for nodes that were away, in ms. */
const outboxLifetime = 24 * 60 * 60 * 1_000;

/** Makes the one way to change stored things: the change, raised version, audit record and outbox row together. */
export function createChangeService({ connection, outbox, raisePolicyVersion, writeAudit, clock }: ChangeDeps): ChangeService {
  async function within<T>(session: ClientSession, actor: Actor, work: (tx: ChangeTransaction) => Promise<T>): Promise<T> {
    const changes: Change[] = [];
    const result = await work({ session, actor, record: (change) => void changes.push(change) });
    if (changes.length === 0) return result;
    if (changes.some((change) => change.raisesPolicy)) await raisePolicyVersion(actor.tenantId, session);
    await writeAudit(actor, changes, session);
    await outbox.insertMany(changes.map((change) => rowOf(actor, change, clock())), { session });
    return result;
  }

  return {
    within,
    transact: (actor, work) => inTransaction(connection, (session) => within(session, actor, work)),
  };
}

function rowOf(actor: Actor, change: Change, now: number): OutboxRow {
  return {
    _id: newId(),
    tenantId: actor.tenantId,
    at: new Date(now),
    action: change.action,
    target: { ...change.target },
    policy: change.raisesPolicy ?? false,
    users: [...(change.users ?? [])],
    expiresAt: new Date(now + outboxLifetime),
  };
}
