import type { Caller } from '../../engine/caller.ts';
import type { Action } from '../../platform/changes/actions.ts';
import type { Actor, ChangeService, ChangeTransaction } from '../../platform/changes/change.service.ts';
import { AppError } from '../../errors/errors.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Client } from './client.model.ts';
import { makeClientSecret, newClientId } from './client.secret.ts';
import type { ClientStore } from './client.store.ts';
import type { ClientDelegation, ClientWithSecret, ResolveRoles } from './client.types.ts';

export interface NewClient {
  readonly name: string;
  /** roleIds */
  readonly roles: readonly string[];
}

/**
 * Loads and changes clients.
 *
 * A change throws `client-not-found`, and `target-outranks-caller` if the client has a grant that the caller does not have.
 */
export interface ClientService {
  load(tenantId: string, page: PageRequest): Promise<Page<Client>>;
  /**
   * Creates a client with a secret.
   *
   * Throws `role-not-found`, `superadmin-not-inherited`, `tenant-full`, and `grants-exceed-own` if the roles have a grant that the
   * caller does not have.
   */
  create(actor: Actor, caller: Caller, client: NewClient): Promise<ClientWithSecret>;
  /** Replaces the secret. The old secret and all sessions of the client end at once. */
  rotateSecret(actor: Actor, caller: Caller, clientId: string): Promise<ClientWithSecret>;
  /** Enables or disables a client. A disabled client is refused at once, and its sessions end. */
  setActive(actor: Actor, caller: Caller, clientId: string, isActive: boolean): Promise<Client>;
  /** Deletes a client and ends its sessions. */
  remove(actor: Actor, caller: Caller, clientId: string): Promise<void>;
  /** Returns the client if the caller has all grants of it. */
  requireMayActOn(caller: Caller, clientId: string, tx?: ChangeTransaction): Promise<Client>;
}

export interface ClientDeps {
  readonly store: ClientStore;
  readonly changes: ChangeService;
  readonly clock: () => number;
  readonly delegation: ClientDelegation;
  readonly resolveAssigned: ResolveRoles;
  /** Locks the roles, so that a delete at the same moment conflicts. Throws `role-not-found`, `superadmin-not-inherited`. */
  readonly lockRoles: (tx: ChangeTransaction, roleIds: readonly string[]) => Promise<void>;
  readonly endSessions: (tx: ChangeTransaction, clientId: string) => Promise<void>;
}

/** Creates the service that creates, changes and deletes clients. It returns each new secret once. */
export function createClientService(
  { store, changes, clock, delegation, resolveAssigned, lockRoles, endSessions }: ClientDeps,
): ClientService {
  async function requireMayActOn(caller: Caller, clientId: string, tx?: ChangeTransaction): Promise<Client> {
    const client = await store.find(caller.tenantId, clientId, tx);
    if (!client) throw new AppError('client-not-found');
    await delegation.requireMayActOn(caller, [client], tx?.session);
    return client;
  }

  /** Writes to a client, and ends its sessions. */
  async function write(tx: ChangeTransaction, action: Action, client: Client, set: Partial<Client>): Promise<Client> {
    const { _id } = client;
    await store.write(tx, client, set);
    await endSessions(tx, _id);
    const { secretHash: _kept, ...view } = set;
    const after: Client = { ...client, ...view, accessVersion: client.accessVersion + 1 };
    tx.record({ action, target: { kind: 'client', id: _id }, before: auditView(client), after: auditView(after), users: [_id] });
    return after;
  }

  return {
    requireMayActOn,

    load: store.load,

    create: (actor, caller, { name, roles }) => changes.transact(actor, async (tx) => {
      const { tenantId } = actor;
      await lockRoles(tx, roles);
      await delegation.requireMayChange(
        caller, { granted: [], roles: [] }, { granted: await resolveAssigned(tenantId, { roles }, tx.session), roles }, tx.session,
      );
      const { secret, hash } = makeClientSecret();
      const now = new Date(clock());
      const client: Client = { _id: newClientId(tenantId), tenantId, name, roles: [
        ...new Set(roles),
      ], isActive: true, secretAt: now, accessVersion: 1, createdAt: now };
      await store.create(tx, { ...client, secretHash: hash });
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
      await store.remove(tx, clientId);
      await endSessions(tx, clientId);
      tx.record({ action: 'client.delete', target: { kind: 'client', id: clientId }, before: auditView(client), users: [clientId] });
    }),
  };
}

/** The fields of a client that audit records contain. */
function auditView({ name, roles, isActive, secretAt }: Client): Record<string, unknown> {
  return { name, roles, isActive, secretAt: secretAt.toISOString() };
}
