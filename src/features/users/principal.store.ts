import type { ClientSession, Model, QueryFilter } from 'mongoose';
import type { Combination, Combinations, HolderMarks, PrincipalFilter } from '../grants/grants.types.ts';
import type { User } from './user.model.ts';
import type { Grantee } from './user.types.ts';

/** The queries about users as holders of roles. */
export interface UserPrincipalStore {
  /** Reads a user with a write, so that another change of the user at the same moment conflicts. */
  lock(tenantId: string, userId: string, session: ClientSession): Promise<User | null>;
  /** The tenantId of a user, by the userId alone; null if there is no such user. */
  tenantOf(userId: string): Promise<string | null>;
  /** The next users after an id, in the order of their ids. */
  readAfter(tenantId: string, after: string, most: number, filter?: PrincipalFilter, session?: ClientSession): Promise<User[]>;
  /** Counts the active holders by their roles and groups, without those with the ids of `without`. */
  countCombinations(
    tenantId: string, holders: { readonly marks: HolderMarks | null; readonly without: readonly string[] }, session: ClientSession,
  ): Promise<Combinations>;
  /**
   * The next users who have one of these roles, groups or ids, or identities if the marks say so. Roles that start later or have ended
   * count too.
   *
   * `marks` null: all users.
   */
  readHolders(
    tenantId: string,
    marks: HolderMarks | null,
    page: { readonly after: string; readonly most: number },
    session: ClientSession,
  ): Promise<Grantee[]>;
  /** All of these users, in the order of their ids. */
  readEveryHolder(tenantId: string, marks: HolderMarks | null, session: ClientSession): Promise<Grantee[]>;
}

/** The fields that decide the grants of a user. */
const granteeFields = { tenantId: 1, roles: 1, roleTimes: 1, groups: 1, hasIdentities: 1 };

/** Creates the store of users as principals. */
export function createUserPrincipalStore(model: Model<User>): UserPrincipalStore {
  return {
    lock: (tenantId, _id, session) => model.findOneAndUpdate({ tenantId, _id }, { $inc: { acts: 1 } }, { session }).lean(),

    async tenantOf(userId) {
      const id = userId as never; // the type of mongoose expects an ObjectId
      // The model itself refuses a query that names no tenant.
      const found = await model.collection.findOne({ _id: id }, { projection: { tenantId: 1 } });
      return typeof found?.['tenantId'] === 'string' ? found['tenantId'] : null;
    },

    readAfter(tenantId, after, most, { userIds, marks = null, special, leftOut } = {}, session) {
      const wanted = [
        { _id: { $gt: after, ...(userIds && { $in: [...userIds] }) } }, ...holding(marks),
        ...(special ? [{ $or: isSpecial(special) }] : []),
        ...(leftOut ? [{ $or: [...isSpecial(leftOut.special), { $nor: leftOut.combinations.map(hasCombination) }] }] : []),
      ];
      return model.find({ tenantId, $and: wanted }, null, { session: session ?? null }).sort({ _id: 1 }).limit(most).lean();
    },

    async countCombinations(tenantId, { marks, without }, session) {
      const counted = await model.aggregate<{ _id: Pick<User, 'roles' | 'groups' | 'roleTimes' | 'hasIdentities'>; count: number }>([
        { $match: { tenantId, $and: [{ isActive: true, ...(without.length > 0 && { _id: { $nin: [...without] } }) }, ...holding(marks)] } },
        { $group: {
          _id: { roles: '$roles', groups: '$groups', roleTimes: '$roleTimes', hasIdentities: '$hasIdentities' }, count: { $sum: 1 },
        } },
      ]).session(session);
      const timeless = counted.filter(
        ({ _id: { roleTimes, hasIdentities } }) => (!roleTimes || roleTimes.length === 0) && hasIdentities !== true,
      );
      return {
        combinations: timeless.map(({ _id: { roles, groups }, count }) => ({ roles, groups: groups ?? [], count })),
        hasOthers: timeless.length < counted.length,
      };
    },

    readHolders: (tenantId, marks, { after, most }, session) => (
      model.find({ tenantId, $and: [{ _id: { $gt: after } }, ...holding(marks)] }, granteeFields, { session })
        .sort({ _id: 1 }).limit(most).lean()),

    readEveryHolder: (tenantId, marks, session) => (
      model.find({ tenantId, $and: [{ _id: { $gt: '' } }, ...holding(marks)] }, granteeFields, { session, batchSize: 10_000 })
        .sort({ _id: 1 }).lean()),
  };
}

function holding(marks: HolderMarks | null): QueryFilter<User>[] {
  if (marks === null) return [];
  const { roleIds, groupIds, userIds, throughProviders } = marks;
  // A part that nobody can match is left out, so that the database need not look for it.
  return [{ $or: [
    ...(roleIds.length > 0 ? [{ roles: { $in: [...roleIds] } }] : []), ...(groupIds.length > 0 ? [{ groups: { $in: [...groupIds] } }] : []),
    ...(throughProviders ? [{ hasIdentities: true }] : []),
    ...(userIds.length > 0 || roleIds.length + groupIds.length === 0 ? [{ _id: { $in: [...userIds] } }] : []),
  ] }];
}

/** Users without groups were stored without the list by earlier versions. */
function hasCombination({ roles, groups }: Omit<Combination, 'count'>): QueryFilter<User> {
  return { roles: [...roles], groups: groups.length === 0 ? { $in: [[], null] } : [...groups] };
}

function isSpecial(userIds: readonly string[]): QueryFilter<User>[] {
  return [{ 'roleTimes.0': { $exists: true } }, { hasIdentities: true }, { _id: { $in: [...userIds] } }];
}
