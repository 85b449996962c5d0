import type { Model } from 'mongoose';
import type { Caller } from '../../engine/caller.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import { readPage } from '../../platform/database/page.ts';
import type { Page, PageRequest } from '../../platform/database/page.ts';
import type { Delegation, GrantResolver } from '../grants/grants.types.ts';
import type { Client } from './client.model.ts';
import { makeClientSecret, newClientId } from './client.secret.ts';

export interface NewClient {
  readonly name: string;
  /** roleIds */
  readonly roles: readonly string[];
}

/** A client with its new secret, which is told here and nowhere else. */
export interface ClientWithSecret {
  readonly client: Client;
  readonly secret: string;
}

/** What changes a client throws `client-not-found`, and `target-outranks-caller` where it holds what the caller does not. */
export interface ClientService {
  load(tenantId: string, page: PageRequest): Promise<Page<Client>>;
  /** Throws `role-not-found`, `superadmin-not-inherited`, and `grants-exceed-own` where the roles give what the caller does not hold. */
  create(actor: Actor, caller: Caller, client: NewClient): Promise<ClientWithSecret>;
  /** The old secret, and every session that it opened, ends at once. */
  rotateSecret(actor: Actor, caller: Caller, clientId: string): Promise<ClientWithSecret>;
  /** A disabled client is refused at once, and its sessions end. */
  setActive(actor: Actor, caller: Caller, clientId: string, isActive: boolean): Promise<Client>;
  /** Its sessions end. */
  remove(actor: Actor, caller: Caller, clientId: string): Promise<void>;
  requireMayActOn(caller: Caller, clientId: string, tx?: ChangeTransaction): Promise<Client>;
}

export interface ClientDeps {
  readonly model: Model<Client>;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly delegation: Delegation;
  readonly resolveAssigned: GrantResolver['resolveAssigned'];
  /** Locks the roles, so that none is deleted meanwhile. Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<void>;
  readonly endSessions: (tx: ChangeTransaction, clientId: string) => Promise<void>;
}

/** Makes what creates, changes and deletes clients, and tells each new secret once. */
export function createClientService(
  { model, changes, clock, delegation, resolveAssigned, lockRoles, endSessions }: ClientDeps,
): ClientService {
  async function requireMayActOn(caller: Caller, clientId: string, tx?: ChangeTransaction): Promise<Client> {
    const client = await model.findOne({ tenantId: caller.tenantId, _id: clientId }, null, { session: tx?.session ?? null }).lean();
    if (!client) throw new AppError('client-not-found');
    await delegation.requireMayActOn(caller, [client], tx?.session);
    return client;
  }

  /** Writes to a client whose sessions then no longer fit. */
  async function write(tx: ChangeTransaction, action: string, client: Client, set: Partial<Client>): Promise<Client> {
    const { tenantId, _id } = client;
    await model.updateOne({ tenantId, _id }, { $set: set, $inc: { accessVersion: 1 } }, { session: tx.session });
    await endSessions(tx, _id);
    const { secretHash: _kept, ...view } = set;
    const after: Client = { ...client, ...view, accessVersion: client.accessVersion + 1 };
    tx.record({ action, target: { kind: 'client', id: _id }, before: auditView(client), after: auditView(after), users: [_id] });
    return after;
  }

  return {
    requireMayActOn,

    load: (tenantId, page) => readPage(['clients', tenantId], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find(after ? { tenantId, _id: after } : { tenantId }).sort({ _id: 1 }).limit(count).lean()),

    create: (actor, caller, { name, roles }) => changes.transact(actor, async (tx) => {
      const { tenantId } = actor;
      await lockRoles(tx, roles);
      await delegation.requireMayChange(caller, { granted: [], roles: [] }, { granted: await resolveAssigned(tenantId, { roles }, tx.session), roles }, tx.session);
      const { secret, hash } = makeClientSecret();
      const now = new Date(clock());
      const client: Client = { _id: newClientId(tenantId), tenantId, name, roles: [...new Set(roles)], isActive: true, secretAt: now, accessVersion: 1, createdAt: now };
      await model.create([{ ...client, secretHash: hash }], { session: tx.session });
      tx.record({ action: 'client.create', target: { kind: 'client', id: client._id }, after: auditView(client), creates: 'clients' });
      return { client, secret };
    }),

    rotateSecret: (actor, caller, clientId) => changes.transact(actor, async (tx) => {
      const { secret, hash } = makeClientSecret();
      const client = await requireMayActOn(caller, clientId, tx);
      return { client: await write(tx, 'client.rotate-secret', client, { secretHash: hash, secretAt: new Date(clock()) }), secret };
    }),

    setActive: (actor, caller, clientId, isActive) => changes.transact(actor, async (tx) => {
      const client = await requireMayActOn(caller, clientId, tx);
      return client.isActive === isActive ? client : write(tx, isActive ? 'client.enable' : 'client.disable', client, { isActive });
    }),

    remove: (actor, caller, clientId) => changes.transact(actor, async (tx) => {
      const client = await requireMayActOn(caller, clientId, tx);
      await model.deleteOne({ tenantId: actor.tenantId, _id: clientId }, { session: tx.session });
      await endSessions(tx, clientId);
      tx.record({ action: 'client.delete', target: { kind: 'client', id: clientId }, before: auditView(client), users: [clientId] });
    }),
  };
}

/** What a record shows of a client. */
function auditView({ name, roles, isActive, secretAt }: Client): Record<string, unknown> {
  return { name, roles, isActive, secretAt: secretAt.toISOString() };
}
