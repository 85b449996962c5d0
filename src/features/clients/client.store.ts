import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { Client } from './client.model.ts';
import { tenantOfClient } from './client.secret.ts';

/** The queries about clients as principals of sessions. */
export interface ClientPrincipals {
  isClientId(id: string): boolean;
  /** The tenant that a client id names; null if the text is no client id. */
  tenantOf(id: string): string | null;
  read(tenantId: string, clientId: string, session?: ClientSession): Promise<SessionPrincipal | null>;
  /** The clients with these ids. Ids that cannot be client ids cost no query. */
  readAll(tenantId: string, ids: readonly string[], snapshot?: ClientSession): Promise<SessionPrincipal[]>;
  /** The client with the hash of its secret. */
  readWithSecret(tenantId: string, clientId: string): Promise<{ readonly client: SessionPrincipal; readonly secretHash: string } | null>;
  /** Writes to the client in the transaction that opens a session. False if it is disabled or has another secret by now. */
  touchForToken(tx: ChangeTransaction, client: SessionPrincipal, secretHash: string): Promise<boolean>;
}

/** The queries about clients. */
export interface ClientStore extends ClientPrincipals {
  /** One page of clients, in the order of their ids. */
  load(tenantId: string, page: PageRequest): Promise<Page<Client>>;
  find(tenantId: string, clientId: string, tx?: ChangeTransaction): Promise<Client | null>;
  create(tx: ChangeTransaction, client: Client & Required<Pick<Client, 'secretHash'>>): Promise<void>;
  /** Writes these fields and increments the access version, so that the rights of its sessions become invalid. */
  write(tx: ChangeTransaction, client: Pick<Client, '_id' | 'tenantId'>, set: Partial<Client>): Promise<void>;
  remove(tx: ChangeTransaction, clientId: string): Promise<void>;
  /** How many clients have a role. */
  countHolders(tx: ChangeTransaction, roleId: string): Promise<number>;
  readHolders(tx: ChangeTransaction, roleId: string): Promise<Client[]>;
  /** Replaces a role of all clients by another one. */
  replaceRole(tx: ChangeTransaction, fromRoleId: string, toRoleId: string): Promise<void>;
}

export interface ClientStoreDeps {
  readonly model: Model<Client>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the store of clients. */
export function createClientStore({ model, clock }: ClientStoreDeps): ClientStore {
  return {
    ...createPrincipals({ model, clock }),
    load: (tenantId, page) => readPage(['clients', tenantId], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find(after ? { tenantId, _id: after } : { tenantId }).sort({ _id: 1 }).limit(count).lean()),
    find: (tenantId, clientId, tx) => model.findOne({ tenantId, _id: clientId }, null, { session: tx?.session ?? null }).lean(),
    async create({ session }, client) {
      await model.create([client], { session });
    },
    async write({ session }, { tenantId, _id }, set) {
      await model.updateOne({ tenantId, _id }, { $set: set, $inc: { accessVersion: 1 } }, { session });
    },
    async remove({ session, actor: { tenantId } }, clientId) {
      await model.deleteOne({ tenantId, _id: clientId }, { session });
    },
    countHolders: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session).exec(),
    readHolders: ({ session, actor: { tenantId } }, roleId) => model.find({ tenantId, roles: roleId }, null, { session }).lean(),
    async replaceRole({ session, actor: { tenantId } }, fromRoleId, toRoleId) {
      const holders = { tenantId, roles: fromRoleId };
      // Two updates, because one update cannot add to a list and remove from it.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { accessVersion: 1 } }, { session });
    },
  };
}

function createPrincipals({ model, clock }: ClientStoreDeps): ClientPrincipals {
  return {
    tenantOf: tenantOfClient,
    isClientId: (id) => tenantOfClient(id) !== null,
    async read(tenantId, clientId, session) {
      const client = await model.findOne({ tenantId, _id: clientId }, null, { session: session ?? null }).lean();
      return client && principalOf(client);
    },
    async readAll(tenantId, ids, snapshot) {
      const clientIds = ids.filter((id) => tenantOfClient(id) !== null);
      if (clientIds.length === 0) return [];
      return (await model.find({ tenantId, _id: { $in: clientIds } }, null, { session: snapshot ?? null }).lean()).map(principalOf);
    },
    async readWithSecret(tenantId, clientId) {
      const client = await model.findOne({ tenantId, _id: clientId }).select('+secretHash').lean();
      return client?.secretHash === undefined ? null : { client: principalOf(client), secretHash: client.secretHash };
    },
    async touchForToken({ session }, { tenantId, _id }, secretHash) {
      const used = { $set: { lastUsedAt: new Date(clock()) } };
      return (await model.updateOne({ tenantId, _id, isActive: true, secretHash }, used, { session })).matchedCount === 1;
    },
  };
}

function principalOf({ _id, tenantId, name, roles, isActive, accessVersion }: Client): SessionPrincipal {
  return { _id, tenantId, username: name, roles, isActive, accessVersion };
}
