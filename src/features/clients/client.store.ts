import type { ClientSession, Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { SessionPrincipal } from '../grants/grants.types.ts';
import type { Client } from './client.model.ts';
import { tenantOfClient } from './client.secret.ts';

/** Clients as those whom sessions belong to. */
export interface ClientPrincipals {
  isClientId(id: string): boolean;
  read(tenantId: string, clientId: string, session?: ClientSession): Promise<SessionPrincipal | null>;
  /** Those that exist; ids that are no client's cost nothing. */
  readAll(tenantId: string, ids: readonly string[], snapshot?: ClientSession): Promise<SessionPrincipal[]>;
  /** With the hash of the secret, to compare one with. */
  readWithSecret(tenantId: string, clientId: string): Promise<{ readonly client: SessionPrincipal; readonly secretHash: string } | null>;
  /** Writes to the client inside the transaction that opens a session; false if it was disabled meanwhile, or has another secret. */
  touchForToken(tx: ChangeTransaction, client: SessionPrincipal, secretHash: string): Promise<boolean>;
}

export function createClientPrincipals({ model, clock }: { readonly model: Model<Client>; readonly clock: () => number }): ClientPrincipals {
  return {
    isClientId: (id) => tenantOfClient(id) !== null,
    async read(tenantId, clientId, session) {
      const client = await model.findOne({ tenantId, _id: clientId }, null, { session: session ?? null }).lean();
      return client && principalOf(client);
    },
    async readAll(tenantId, ids, snapshot) {
      const clientIds = ids.filter((id) => tenantOfClient(id) !== null);
      return clientIds.length > 0 ? (await model.find({ tenantId, _id: { $in: clientIds } }, null, { session: snapshot ?? null }).lean()).map(principalOf) : [];
    },
    async readWithSecret(tenantId, clientId) {
      const client = await model.findOne({ tenantId, _id: clientId }).select('+secretHash').lean();
      return client?.secretHash === undefined ? null : { client: principalOf(client), secretHash: client.secretHash };
    },
    async touchForToken({ session }, { tenantId, _id }, secretHash) {
      const { matchedCount } = await model.updateOne({ tenantId, _id, isActive: true, secretHash }, { $set: { lastUsedAt: new Date(clock()) } }, { session });
      return matchedCount === 1;
    },
  };
}

function principalOf({ _id, tenantId, name, roles, isActive, accessVersion }: Client): SessionPrincipal {
  return { _id, tenantId, username: name, roles, isActive, accessVersion };
}
