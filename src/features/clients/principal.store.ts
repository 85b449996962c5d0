import type { ClientSession, Model } from 'mongoose';
import type { Client } from './client.model.ts';

/** The queries about clients as holders of roles. */
export interface ClientPrincipalStore {
  /** Reads a client with a write, so that another change of the client at the same moment conflicts. */
  lock(tenantId: string, clientId: string, session: ClientSession): Promise<Client | null>;
  /** The next clients that have one of these roles, in the order of their ids. `marks` null: all clients. */
  readHolders(
    tenantId: string, marks: { readonly roleIds: readonly string[] } | null,
    page: { readonly after: string; readonly most: number }, session: ClientSession,
  ): Promise<Pick<Client, '_id' | 'tenantId' | 'roles'>[]>;
}

/** Creates the store of clients as principals. */
export function createClientPrincipalStore(model: Model<Client>): ClientPrincipalStore {
  return {
    lock: (tenantId, _id, session) => model.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean(),
    readHolders(tenantId, marks, { after, most }, session) {
      const holders = marks === null ? {} : { roles: { $in: [...marks.roleIds] } };
      return model.find({ tenantId, ...holders, _id: { $gt: after } }, { tenantId: 1, roles: 1 }, { session })
        .sort({ _id: 1 }).limit(most).lean();
    },
  };
}
