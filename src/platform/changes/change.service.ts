import type { Connection } from '../database/connection.ts';
import { newId } from '../database/queries/new-id.ts';
import type { ClientSession } from '../database/session.ts';
import { beginAttempt, inTransaction, rehearse } from '../database/transactions.ts';
import type { Action } from './actions.ts';
import type { MailOrder, OutboxRow } from './outbox.model.ts';
import type { OutboxStore } from './outbox.store.ts';
import type { ChangeNotice, Peers } from './peers.ts';
import type { QuotaKind, EnforceQuota } from './quota.ts';

/** Who makes a change, and through which request. */
export interface Actor {
  readonly tenantId: string;
  /** The actor's own tenant, if it is another one: then the actor is a superadmin of the platform. Both tenants record the change. */
  readonly homeTenantId?: string;
  /** Null for the server itself, and for a user who is not logged in yet. */
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  /** Set for a call from the code of a host. */
  readonly via?: 'code';
  /** Checks at the beginning of each transaction that the actor may still make the change. Throws the error of the refusal. */
  requireAllowed?(session: ClientSession): Promise<void>;
}

/** One changed thing, for the audit record and the notice to other nodes. */
export interface Change {
  readonly action: Action;
  readonly target: {
    readonly kind:
      | 'role' | 'user' | 'group' | 'membership' | 'session' | 'client' | 'tenant' | 'signing-key' | 'provider' | 'identity' | 'domain';
    readonly id: string;
  };
  /** The relevant fields before and after. Only fields that differ are stored. Never a hash. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** Whether the grants of roles have changed, for all users of the tenant. */
  readonly raisesPolicy?: boolean;
  /** The kind of the new thing, if the tenant has a quota for it. */
  readonly creates?: QuotaKind;
  /** Users whose own access has changed. The code that changes them also raises their accessVersion. */
  readonly users?: readonly string[];
}

/** A running transaction. */
export interface ChangeTransaction {
  readonly session: ClientSession;
  readonly actor: Actor;
  record(change: Change): void;
  /** Orders a mail, which is sent after the commit. The write is the same for any address, known or not. */
  mail(order: MailOrder): void;
}

/** Knows the rehearsal in which the running code is. A rehearsal is a transaction that is rolled back, with its recorded changes. */
export interface RunningRehearsals {
  run<T>(rehearsal: RecordedRehearsal, work: () => Promise<T>): Promise<T>;
  /** Undefined outside a rehearsal. */
  current(): RecordedRehearsal | undefined;
}

interface RecordedRehearsal {
  readonly session: ClientSession;
  readonly changes: Change[];
}

/** Called after the commit, so it must not throw. */
export type ChangeListener = (notices: readonly ChangeNotice[]) => void;

export interface ChangeService {
  /**
   * Runs `work` and the writes that its changes need in one transaction. After a crash, all of them are stored or none.
   *
   * Resolves after every process of this machine has invalidated the affected cache entries.
   */
  transact<T>(actor: Actor, work: (tx: ChangeTransaction) => Promise<T>): Promise<T>;
  /** The same inside a transaction that is already open. */
  within<T>(session: ClientSession, actor: Actor, work: (tx: ChangeTransaction) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in a transaction that is rolled back, and answers its result and the changes that it recorded.
   *
   * Inside, `transact` joins the open transaction. No other process is told, no mail is sent, and no cache is invalidated. A write
   * outside the transaction throws. `work` may run several times.
   */
  rehearse<T>(work: (session: ClientSession) => Promise<T>): Promise<{ readonly result: T; readonly changes: readonly Change[] }>;
  /**
   * Subscribes to committed changes of this machine. Own changes are delivered before the other processes are told. Changes of
   * other processes are delivered before they are acknowledged.
   */
  onChanged(listener: ChangeListener): void;
  /** Subscribes to commits of `transact` that ordered a mail. The mailer itself finds the orders of `within`. */
  onMailOrdered(listener: () => void): void;
  /** Cancels the mails that are ordered for a user and not sent yet. */
  forgetMail(tx: ChangeTransaction, user: { readonly _id: string; readonly email?: string }): Promise<void>;
}

export interface ChangeDeps {
  readonly connection: Connection;
  readonly outbox: Pick<OutboxStore, 'add' | 'endMailsOf'>;
  readonly raisePolicyVersion: (tenantId: string, session: ClientSession) => Promise<void>;
  /** Throws `tenant-full` if the tenant now exceeds a quota. */
  readonly enforceQuota: EnforceQuota;
  /** Writes the audit records, and answers the id of one record for each change. */
  readonly writeAudit: (actor: Actor, changes: readonly Change[], session: ClientSession) => Promise<readonly string[]>;
  readonly peers?: Peers | undefined;
  readonly rehearsals: RunningRehearsals;
  readonly clock: () => number;
}

/** Lifetime of a row of the outbox, in ms. Nodes that were away for less time can still read it. */
const outboxLifetime = 24 * 60 * 60 * 1_000;

/** Creates the only way to change stored data. Change, version, audit record, outbox row and ordered mails are written together. */
export function createChangeService(
  { connection, outbox, raisePolicyVersion, enforceQuota, writeAudit, peers, rehearsals, clock }: ChangeDeps,
): ChangeService {
  /** The notices of running transactions, with those of `within`. A rehearsal has none. */
  const noticesOf = new WeakMap<ClientSession, ChangeNotice[]>();
  const listeners: ChangeListener[] = [];
  const mailListeners: (() => void)[] = [];
  const deliver: ChangeListener = (notices) => { for (const listener of listeners) listener(notices); };
  peers?.onTold(deliver);

  async function run<T>(
    session: ClientSession, actor: Actor, work: (tx: ChangeTransaction) => Promise<T>,
  ): Promise<{ result: T; hasMail: boolean }> {
    const changes: Change[] = [];
    const orders: MailOrder[] = [];
    await actor.requireAllowed?.(session);
    const result = await work({ session, actor, record: (change) => void changes.push(change), mail: (order) => void orders.push(order) });
    const hasMail = orders.length > 0;
    const created = new Set(changes.flatMap(({ creates }) => creates ?? []));
    if (created.size > 0) await enforceQuota(actor.tenantId, created, session);
    if (changes.some((change) => change.raisesPolicy)) await raisePolicyVersion(actor.tenantId, session);
    const recordIds = changes.length > 0 ? await writeAudit(actor, changes, session) : [];
    const changed = changes.map((change, index) => rowOf(actor, change, clock(), recordIds[index]));
    rehearsals.current()?.changes.push(...changes);
    noticesOf.get(session)?.push(...changed.map(noticeOf));
    const rows = [...changed, ...orders.map((order) => mailRowOf(actor, order, clock()))];
    if (rows.length > 0) await outbox.add(rows, session);
    return { result, hasMail };
  }

  return {
    onChanged: (listener) => void listeners.push(listener),
    onMailOrdered: (listener) => void mailListeners.push(listener),
    within: async (session, actor, work) => (await run(session, actor, work)).result,
    forgetMail: ({ session, actor: { tenantId } }, { _id, email }) => outbox.endMailsOf(tenantId, _id, email, session),
    rehearse: (work) => rehearse(connection, async (session) => {
      const rehearsal = { session, changes: [] };
      return { result: await rehearsals.run(rehearsal, () => work(session)), changes: rehearsal.changes };
    }),
    async transact(actor, work) {
      const rehearsal = rehearsals.current();
      if (rehearsal) {
        const { result } = await run(rehearsal.session, actor, work);
        beginAttempt(rehearsal.session); // the next change of the rehearsal finds what this one wrote
        return result;
      }
      let notices: ChangeNotice[] = [];
      const { result, hasMail } = await inTransaction(connection, (session) => {
        noticesOf.set(session, notices = []); // empty again at each attempt: after a conflict, the transaction starts over
        return run(session, actor, work);
      });
      if (hasMail) for (const listener of mailListeners) listener();
      if (notices.length > 0) {
        deliver(notices);
        await peers?.tell(notices);
      }
      return result;
    },
  };
}

type Announced = Pick<OutboxRow, 'action' | 'target'> & Pick<Change, 'raisesPolicy' | 'users'>;

function rowOf(
  { tenantId }: Actor, { action, target, raisesPolicy = false, users = [] }: Announced, now: number, recordId?: string,
): OutboxRow {
  return {
    _id: newId(), tenantId, action, target: { ...target }, policy: raisesPolicy, users: [...users],
    ...(recordId !== undefined && { recordId }), at: new Date(now), expiresAt: new Date(now + outboxLifetime),
  };
}

function noticeOf({ tenantId, action, target, policy, users }: OutboxRow): ChangeNotice {
  return { tenantId, action, target, policy, users };
}

function mailRowOf(actor: Actor, order: MailOrder, now: number): OutboxRow {
  const announced: Announced = { action: `mail.${order.kind}`, target: { kind: 'user', id: order.userId ?? '' } };
  return { ...rowOf(actor, announced, now), mail: { ...order, attempts: 0, nextAt: new Date(now) } };
}
