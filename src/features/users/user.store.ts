import type { ClientSession, Model } from 'mongoose';
import { withoutEnded } from '../../engine/grants/role-times.ts';
import { emailKeyOf } from '../../http/input/email-address.ts';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { markOf } from '../../platform/passwords/stored-password.ts';
import { changedWords, searchWordsOf } from './search/search-words.ts';
import type { KnownSource, User } from './user.model.ts';

/** The queries about users. They leave out roles that have ended, unless the method says something else. */
export interface UserStore {
  /** With `session`, reads inside its transaction and sees the writes of it. */
  read(tenantId: string, userId: string, session?: ClientSession): Promise<User | null>;
  /** With the stored password. */
  readWithPassword(tenantId: string, userId: string, session?: ClientSession): Promise<User | null>;
  /** With the stored password and the known sources. */
  readByEmail(tenantId: string, email: string): Promise<User | null>;
  /** With the known sources, and with roles that have ended. */
  readByExternalId(tenantId: string, externalId: string): Promise<User | null>;
  /** With roles that have ended. */
  readAll(tenantId: string, userIds: readonly string[], session?: ClientSession): Promise<User[]>;
  /** Whether an active user of the transaction's tenant has a password. */
  hasPasswordUser(tx: ChangeTransaction): Promise<boolean>;
  create(tx: ChangeTransaction, user: User): Promise<void>;
  /** Writes to a user that the same transaction has read. */
  write(tx: ChangeTransaction, before: User, set: Partial<User>): Promise<void>;
  remove(tx: ChangeTransaction, user: Pick<User, '_id' | 'tenantId'>): Promise<void>;
  /** Makes all sessions of the user read roles and status again. */
  raiseAccessVersion(tx: ChangeTransaction, userId: string): Promise<void>;
  /** Writes to the user in the transaction of a login. False if the user was disabled or the password was changed since it was compared. */
  touchForLogin(tx: ChangeTransaction, user: User): Promise<boolean>;
  /** The same for a login that needs no password. False if the user was disabled or deleted. */
  touchActive(tx: ChangeTransaction, userId: string): Promise<boolean>;
  /** Replaces the password hash of `user` by a new one. Does nothing if the stored hash has changed since. */
  storePassword(user: User, password: NonNullable<User['password']>): Promise<void>;
  storeSources(user: User, knownSources: KnownSource[]): Promise<void>;
}

export interface UserStoreDeps {
  readonly model: Model<User>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Creates the store of users. */
export function createUserStore({ model, clock }: UserStoreDeps): UserStore {
  const current = <U extends User>(user: U | null) => user && withoutEnded(user, clock());

  return {
    read: async (tenantId, userId, session) => current(
      await model.findOne({ tenantId, _id: userId }, null, { session: session ?? null }).lean(),
    ),
    readWithPassword: async (tenantId, userId, session) => (
      current(await model.findOne({ tenantId, _id: userId }, null, { session: session ?? null }).select('+password').lean())),
    readByEmail: async (tenantId, email) => current(
      await model.findOne({ tenantId, emailKey: emailKeyOf(email) }).select('+password +knownSources').lean(),
    ),
    readByExternalId: (tenantId, externalId) => model.findOne({ tenantId, externalId }).select('+knownSources').lean(),
    readAll: (tenantId, userIds, session) => model.find(
      { tenantId, _id: { $in: [...userIds] } }, null, { session: session ?? null },
    ).lean(),
    hasPasswordUser: async ({ session, actor: { tenantId } }) => (
      (await model.exists({ tenantId, isActive: true, 'password.hash': { $exists: true } }).session(session)) !== null),
    async create({ session }, user) {
      await model.create([{ ...user, searchWords: searchWordsOf(user) }], { session });
    },
    async write({ session }, before, set) {
      const { tenantId, _id } = before;
      await model.updateOne({ tenantId, _id }, { $set: { ...set, ...changedWords(before, set) } }, { session });
    },
    async remove({ session }, { tenantId, _id }) {
      await model.deleteOne({ tenantId, _id }, { session });
    },
    async raiseAccessVersion({ session, actor: { tenantId } }, userId) {
      await model.updateOne({ tenantId, _id: userId }, { $inc: { accessVersion: 1 } }, { session });
    },
    async touchActive({ session, actor: { tenantId } }, _id) {
      const { matchedCount } = await model.updateOne(
        { tenantId, _id, isActive: true }, { $set: { lastLoginAt: new Date(clock()) } }, { session },
      );
      return matchedCount === 1;
    },
    async touchForLogin({ session }, { tenantId, _id, externalId, password }) {
      const { hash = '' } = password ?? {};
      const proof = externalId === undefined ? {
        $or: [{ 'password.hash': hash }, { 'password.renewedFrom': markOf(hash) }],
      } : { externalId };
      const { matchedCount } = await model.updateOne(
        { tenantId, _id, isActive: true, ...proof }, { $set: { lastLoginAt: new Date(clock()) } }, { session },
      );
      return matchedCount === 1;
    },
    async storePassword({ tenantId, _id, password: compared }, password) {
      await model.updateOne({ tenantId, _id, 'password.hash': compared?.hash ?? '' }, { $set: { password } });
    },
    async storeSources({ tenantId, _id }, knownSources) {
      await model.updateOne({ tenantId, _id }, { $set: { knownSources } });
    },
  };
}
