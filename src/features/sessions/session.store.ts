import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Session } from './session.model.ts';

/** The queries about sessions. */
export interface SessionStore {
  /** Ends all sessions of a user in a transaction, except one that may stay. */
  endAllOf(tx: ChangeTransaction, userId: string, except?: string | null): Promise<void>;
}

/** Creates the store of sessions. */
export function createSessionStore(model: Model<Session>): SessionStore {
  return {
    async endAllOf({ actor, session }, userId, except = null) {
      await model.deleteMany({ tenantId: actor.tenantId, userId, ...(except !== null && { _id: { $ne: except } }) }, { session });
    },
  };
}
