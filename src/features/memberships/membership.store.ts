import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Membership } from './membership.model.ts';

export interface MembershipFilter {
  readonly userId?: string;
  readonly resource?: string;
}

/** The queries about memberships. */
export interface MembershipStore {
  /** One page of memberships, in the order of their ids. */
  load(tenantId: string, filter: MembershipFilter, page: PageRequest): Promise<Page<Membership>>;
  /** All memberships of these users, in the order of their ids. */
  readOf(tenantId: string, userIds: readonly string[], session?: ClientSession): Promise<Membership[]>;
  /** The memberships on one of these resources; with null, all memberships. */
  readOn(tenantId: string, resources: readonly string[] | null, session: ClientSession): Promise<Membership[]>;
  hasAny(tx: ChangeTransaction, userId: string): Promise<boolean>;
  /** Whether a user has any role on a resource. */
  isMember(tx: ChangeTransaction, userId: string, resource: string): Promise<boolean>;
  find(tx: ChangeTransaction, membership: Omit<Membership, '_id'>): Promise<Membership | null>;
  create(tx: ChangeTransaction, membership: Membership): Promise<void>;
  remove(tx: ChangeTransaction, membershipId: string): Promise<void>;
  removeAllOf(tx: ChangeTransaction, userId: string): Promise<void>;
  /** How many memberships have a role. */
  countHolders(tx: ChangeTransaction, roleId: string): Promise<number>;
  readHolders(tx: ChangeTransaction, roleId: string): Promise<Membership[]>;
  /** Gives a membership another role. Deletes it if the user has that role on the resource already. */
  replaceRole(tx: ChangeTransaction, membership: Membership, toRoleId: string): Promise<void>;
}

/** Creates the store of memberships. */
export function createMembershipStore(model: Model<Membership>): MembershipStore {
  return {
    load: (tenantId, filter, page) => readPage(['memberships', tenantId, filter], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find({ ...filter, tenantId, ...(after && { _id: after }) }).sort({ _id: 1 }).limit(count).lean()),
    readOf: (tenantId, userIds, session) => model.find(
      { tenantId, userId: { $in: [...userIds] } }, null, { session: session ?? null },
    ).sort({ _id: 1 }).lean(),
    readOn: (tenantId, resources, session) => model.find(
      { tenantId, ...(resources && { resource: { $in: [...resources] } }) }, null, { session },
    ).lean(),
    hasAny: async ({ session, actor: { tenantId } }, userId) => (await model.exists({ tenantId, userId }).session(session)) !== null,
    isMember: async ({ session, actor: { tenantId } }, userId, resource) => (
      (await model.exists({ tenantId, userId, resource }).session(session)) !== null),
    find: ({ session }, { tenantId, userId, resource, roleId }) => model.findOne(
      { tenantId, userId, resource, roleId }, null, { session },
    ).lean(),
    async create({ session }, membership) {
      await model.create([membership], { session });
    },
    async remove({ session, actor: { tenantId } }, membershipId) {
      await model.deleteOne({ tenantId, _id: membershipId }, { session });
    },
    async removeAllOf({ session, actor: { tenantId } }, userId) {
      await model.deleteMany({ tenantId, userId }, { session });
    },
    countHolders: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roleId }).session(session).exec(),
    readHolders: ({ session, actor: { tenantId } }, roleId) => model.find({ tenantId, roleId }, null, { session }).lean(),
    async replaceRole({ session }, { _id, tenantId, userId, resource }, toRoleId) {
      if (await model.exists(
        { tenantId, userId, resource, roleId: toRoleId },
      ).session(session)) await model.deleteOne({ tenantId, _id }, { session });
      else await model.updateOne({ tenantId, _id }, { $set: { roleId: toRoleId } }, { session });
    },
  };
}
