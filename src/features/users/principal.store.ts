import type { ClientSession, Model } from 'mongoose';
import type { User } from './user.model.ts';
import type { Grantee } from './user.types.ts';

/** The queries about users as holders of roles. */
export interface UserPrincipalStore {
  /** Reads a user with a write, so that another change of the user at the same moment conflicts. */
  lock(tenantId: string, userId: string, session: ClientSession): Promise<User | null>;
  /** The next users after an id, in the order of their ids. With `userIds`, only users with these ids. */
  readAfter(tenantId: string, after: string, most: number, userIds?: readonly string[], session?: ClientSession): Promise<User[]>;
  /**
   * The next users who have one of these roles, groups or ids. Roles that start later or have ended count too.
   *
   * `marks` null: all users.
   */
  readHolders(
    tenantId: string,
    marks: { readonly roleIds: readonly string[]; readonly groupIds: readonly string[]; readonly userIds: readonly string[] } | null,
    page: { readonly after: string; readonly most: number },
    session: ClientSession,
  ): Promise<Grantee[]>;
}

/** Creates the store of users as principals. */
export function createUserPrincipalStore(model: Model<User>): UserPrincipalStore {
  return {
    lock: (tenantId, _id, session) => model.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean(),

    readAfter: (tenantId, after, most, userIds, session) => (
      model.find({ tenantId, _id: { $gt: after, ...(userIds && { $in: [...userIds] }) } }, null, { session: session ?? null })
        .sort({ _id: 1 }).limit(most).lean()),

    readHolders(tenantId, marks, { after, most }, session) {
      const holders = marks === null ? {} : { $or: [
        { roles: { $in: [...marks.roleIds] } }, { groups: { $in: [...marks.groupIds] } }, { _id: { $in: [...marks.userIds] } },
      ] };
      const fields = { tenantId: 1, roles: 1, roleTimes: 1, groups: 1 };
      return model.find({ tenantId, $and: [{ _id: { $gt: after } }, holders] }, fields, { session }).sort({ _id: 1 }).limit(most).lean();
    },
  };
}
