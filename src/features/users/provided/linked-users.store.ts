import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { changedWords } from '../search/search-words.ts';
import type { User } from '../user.model.ts';

/** Fields of a user that a provider can assert, or that follow from identities. Undefined removes a field. */
export type LinkedFields = { readonly [K in (typeof linkedFields)[number]]?: User[K] | undefined };

const linkedFields = [
  'email', 'emailKey', 'emailVerified', 'username', 'firstName', 'lastName', 'department', 'attributes', 'assertedBy', 'hasIdentities',
] as const;

/** The queries about users with identities. */
export interface LinkedUserStore {
  /** Writes these fields of a user whom the same transaction has read, and raises both versions. */
  write(tx: ChangeTransaction, user: User, fields: LinkedFields): Promise<void>;
  /**
   * Removes what a provider asserted from users, and from those of `unlinked` that they have identities. Raises the versions of all of
   * them.
   */
  forgetProvider(tx: ChangeTransaction, providerId: string, userIds: readonly string[], unlinked: readonly string[]): Promise<void>;
}

/** Creates the store of users with identities. */
export function createLinkedUserStore(model: Model<User>): LinkedUserStore {
  return {
    async write({ session }, before, fields) {
      const { tenantId, _id } = before;
      const names = linkedFields.filter((name) => name in fields);
      const set = Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
      const unset = Object.fromEntries(names.filter((name) => fields[name] === undefined).map((name) => [name, 1 as const]));
      await model.updateOne({ tenantId, _id }, {
        $set: { ...set, ...changedWords(before, set) }, ...(Object.keys(unset).length > 0 && { $unset: unset }),
        $inc: { version: 1, accessVersion: 1 },
      }, { session });
    },
    async forgetProvider({ session, actor: { tenantId } }, providerId, userIds, unlinked) {
      await model.updateMany(
        { tenantId, _id: { $in: [...userIds] }, assertedBy: providerId },
        { $unset: { department: 1, attributes: 1, assertedBy: 1 } }, { session },
      );
      await model.updateMany({ tenantId, _id: { $in: [...unlinked] } }, { $unset: { hasIdentities: 1 } }, { session });
      await model.updateMany({ tenantId, _id: { $in: [...userIds] } }, { $inc: { version: 1, accessVersion: 1 } }, { session });
    },
  };
}
