import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Group } from './group.model.ts';

/** The queries about groups. Their users are found by the store of users' groups. */
export interface GroupStore {
  /** One page of groups, in the order of their ids. */
  load(tenantId: string, page: PageRequest): Promise<Page<Group>>;
  find(tenantId: string, groupId: string, tx?: ChangeTransaction): Promise<Group | null>;
  /** Groups in the order of their ids. Unknown ids are left out. */
  readAll(tenantId: string, groupIds: readonly string[]): Promise<Group[]>;
  isNameTaken(tx: ChangeTransaction, groupName: string): Promise<boolean>;
  create(tx: ChangeTransaction, group: Group): Promise<void>;
  /** Writes these fields and increments the version. */
  write(tx: ChangeTransaction, groupId: string, set: Partial<Group>): Promise<void>;
  remove(tx: ChangeTransaction, groupId: string): Promise<void>;
  /** Writes to the group, so that a delete at the same moment conflicts. False if there is no such group. */
  lock(tx: ChangeTransaction, groupId: string): Promise<boolean>;
  /** How many groups have a role. */
  countHolders(tx: ChangeTransaction, roleId: string): Promise<number>;
  /** The ids of the groups that have a role. */
  findHolders(tx: ChangeTransaction, roleId: string): Promise<string[]>;
  /** Replaces a role of all groups by another one. */
  replaceRole(tx: ChangeTransaction, fromRoleId: string, toRoleId: string): Promise<void>;
}

/** Creates the store of groups. */
export function createGroupStore(model: Model<Group>): GroupStore {
  return {
    load: (tenantId, page) => readPage(['groups', tenantId], page, ({ _id }) => _id, 'ascending', (after, count) =>
      model.find(after ? { tenantId, _id: after } : { tenantId }).sort({ _id: 1 }).limit(count).lean()),
    find: (tenantId, groupId, tx) => model.findOne({ tenantId, _id: groupId }, null, { session: tx?.session ?? null }).lean(),
    readAll: (tenantId, groupIds) => model.find({ tenantId, _id: { $in: groupIds } }).sort({ _id: 1 }).lean(),
    isNameTaken: async ({ session, actor: { tenantId } }, groupName) => (
      (await model.exists({ tenantId, groupName }).session(session)) !== null),
    async create({ session }, group) {
      await model.create([group], { session });
    },
    async write({ session, actor: { tenantId } }, groupId, set) {
      await model.updateOne({ tenantId, _id: groupId }, { $set: set, $inc: { version: 1 } }, { session });
    },
    async remove({ session, actor: { tenantId } }, groupId) {
      await model.deleteOne({ tenantId, _id: groupId }, { session });
    },
    lock: async ({ session, actor: { tenantId } }, groupId) => (
      (await model.updateOne({ tenantId, _id: groupId }, { $inc: { lockCount: 1 } }, { session })).modifiedCount > 0),
    countHolders: ({ session, actor: { tenantId } }, roleId) => model.countDocuments({ tenantId, roles: roleId }).session(session).exec(),
    findHolders: async ({ session, actor: { tenantId } }, roleId) => (
      (await model.find({ tenantId, roles: roleId }, { _id: 1 }, { session }).lean()).map(({ _id }) => _id)),
    async replaceRole({ session, actor: { tenantId } }, fromRoleId, toRoleId) {
      const holders = { tenantId, roles: fromRoleId };
      // Two updates, because one update cannot add to a list and remove from it.
      await model.updateMany(holders, { $addToSet: { roles: toRoleId } }, { session });
      await model.updateMany(holders, { $pull: { roles: fromRoleId }, $inc: { version: 1 } }, { session });
    },
  };
}
