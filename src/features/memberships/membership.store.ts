import type { ClientSession, Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { Membership } from './membership.model.ts';

/** The queries about memberships. */
export interface MembershipStore {
  /** All memberships of these users, in the order of their ids. */
  readOf(tenantId: string, userIds: readonly string[], session?: ClientSession): Promise<Membership[]>;
  hasAny(tx: ChangeTransaction, userId: string): Promise<boolean>;
}

/** Creates the store of memberships. */
export function createMembershipStore(model: Model<Membership>): MembershipStore {
  return {
    readOf: (tenantId, userIds, session) => model.find({ tenantId, userId: { $in: [...userIds] } }, null, { session: session ?? null }).sort({ _id: 1 }).lean(),
    hasAny: async ({ session, actor: { tenantId } }, userId) => (await model.exists({ tenantId, userId }).session(session)) !== null,
  };
}
