import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import type { ClientSession } from '../../platform/database/session.ts';
import type { Identity } from './identity.model.ts';
import type { Asserted } from './role-mapping.ts';

/** A person as a provider names them. */
export type IdentityKey = Pick<Identity, 'providerId' | 'realm' | 'subject'>;

/** What decides the roles that an identity gives. */
export type AssertedIdentity = Pick<Identity, 'userId' | 'providerId' | 'disabledHere'> & Asserted;

/** The queries about identities. */
export interface IdentityStore {
  find(tx: ChangeTransaction, key: IdentityKey): Promise<Identity | null>;
  read(tx: ChangeTransaction, identityId: string): Promise<Identity | null>;
  /** The identities of a user, in the order of their ids. */
  listOf(tenantId: string, userId: string, session?: ClientSession): Promise<Identity[]>;
  /** What providers asserted about these users, in the order of the ids of the identities. */
  readAsserted(tenantId: string, userIds: readonly string[], session?: ClientSession): Promise<AssertedIdentity[]>;
  /** The ids of the users with an identity of one of these providers. */
  readLinkedUsers(tenantId: string, providerIds: readonly string[], session: ClientSession): Promise<string[]>;
  create(tx: ChangeTransaction, identity: Identity): Promise<void>;
  /** Writes the fields of `set`, and removes the note if `set` has none. */
  update(tx: ChangeTransaction, identity: Identity, set: Partial<Identity>): Promise<void>;
  /** Writes the time of a login. False if the identity does not link this user, or the provider has switched the person off. */
  touch(tx: ChangeTransaction, identityId: string, userId: string, at: Date): Promise<boolean>;
  remove(tx: ChangeTransaction, identityId: string): Promise<void>;
  removeAllOf(tx: ChangeTransaction, userId: string): Promise<void>;
  removeAllOfProvider(tx: ChangeTransaction, providerId: string): Promise<void>;
}

const asserted = { userId: 1, providerId: 1, groups: 1, values: 1, disabledHere: 1 };

/** Creates the store of identities. */
export function createIdentityStore(model: Model<Identity>): IdentityStore {
  return {
    find: ({ session, actor: { tenantId } }, { providerId, realm, subject }) => (
      model.findOne({ tenantId, providerId, realm, subject }, null, { session }).lean()),
    read: ({ session, actor: { tenantId } }, _id) => model.findOne({ tenantId, _id }, null, { session }).lean(),
    listOf: (tenantId, userId, session) => (
      model.find({ tenantId, userId }, null, { session: session ?? null }).sort({ _id: 1 }).lean()),
    readAsserted: (tenantId, userIds, session) => (
      model.find({ tenantId, userId: { $in: [...userIds] } }, asserted, { session: session ?? null }).sort({ _id: 1 }).lean()),
    async readLinkedUsers(tenantId, providerIds, session) {
      const found = await model.find({ tenantId, providerId: { $in: [...providerIds] } }, { userId: 1 }, { session }).lean();
      return [...new Set(found.map(({ userId }) => userId))].sort();
    },
    async create({ session }, identity) {
      await model.create([identity], { session });
    },
    async update({ session }, { tenantId, _id, emailNote }, set) {
      const unset = emailNote !== undefined && set.emailNote === undefined;
      await model.updateOne({ tenantId, _id }, { $set: set, ...(unset && { $unset: { emailNote: 1 } }) }, { session });
    },
    async touch({ session, actor: { tenantId } }, _id, userId, lastLoginAt) {
      const { matchedCount } = await model.updateOne(
        { tenantId, _id, userId, disabledHere: { $ne: true } }, { $set: { lastLoginAt } }, { session },
      );
      return matchedCount === 1;
    },
    async remove({ session, actor: { tenantId } }, _id) {
      await model.deleteOne({ tenantId, _id }, { session });
    },
    async removeAllOf({ session, actor: { tenantId } }, userId) {
      await model.deleteMany({ tenantId, userId }, { session });
    },
    async removeAllOfProvider({ session, actor: { tenantId } }, providerId) {
      await model.deleteMany({ tenantId, providerId }, { session });
    },
  };
}
