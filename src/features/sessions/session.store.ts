import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { Session, SessionAuth } from './session.model.ts';
import type { NotedRights } from './session.types.ts';

/** The queries about sessions. */
export interface SessionStore {
  create(tx: ChangeTransaction, session: Session): Promise<void>;
  /** Also a session whose time is over, until the database clears it. */
  read(tenantId: string, sessionId: string): Promise<Session | null>;
  /** One page of sessions whose time is not over, in the order of their ids. */
  load(tenantId: string, filter: { readonly userId?: string }, page: PageRequest): Promise<Page<Session>>;
  /** The session whose live refresh token has this hash. */
  findByCurrentHash(tenantId: string, hash: string): Promise<Session | null>;
  /** The session that has, or had, a refresh token with this hash. */
  findByHash(tenantId: string, hash: string): Promise<Session | null>;
  /** Notes when a session was last used; an earlier time than the noted one changes nothing. */
  noteSeen(session: Session, at: Date): Promise<void>;
  storeRights(session: Session, rights: NotedRights): Promise<void>;
  /** Puts the hash of the successor in the place of a live refresh token; false if the token is no longer the live one. */
  exchange(session: Session, exchanged: { readonly hash: string; readonly at: Date }, successor: string): Promise<boolean>;
  /** Raises level and time of the login of a session, and adds the methods. Answers the session as it is then; null if there is none. */
  raiseAuth(tx: ChangeTransaction, sessionId: string, proof: Pick<SessionAuth, 'amr' | 'level' | 'at'>): Promise<Session | null>;
  /** Ends a session and answers it as it was; null if there is none. */
  end(tx: ChangeTransaction, sessionId: string): Promise<Session | null>;
  /** Ends all sessions of a user in a transaction, except one that may stay. */
  endAllOf(tx: ChangeTransaction, userId: string, except?: string | null): Promise<void>;
  /** Ends the sessions that a provider opened: all of them, those of one identity, or those with one session id of the provider. */
  endAllOpenedBy(tx: ChangeTransaction, opened: OpenedBy): Promise<void>;
  /** The same for few sessions, which it answers, so that their users can be told. */
  endOpenedBy(tx: ChangeTransaction, opened: OpenedBy): Promise<readonly Pick<Session, '_id' | 'userId'>[]>;
  /** Ends all sessions of a user or client except the newest ones. */
  endOldestOf(tx: ChangeTransaction, userId: string, staying: number): Promise<void>;
}

/** The login that opened a session. An absent field means any. */
export type OpenedBy = Required<Pick<SessionAuth, 'providerId'>> & Pick<SessionAuth, 'identityId' | 'external'>;

export interface SessionStoreDeps {
  readonly model: Model<Session>;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** Exchanged tokens of a session that are remembered, so that their reuse is noticed. */
const maxRemembered = 200;

/** Creates the store of sessions. */
export function createSessionStore({ model, clock }: SessionStoreDeps): SessionStore {
  return {
    async create({ session: transaction }, session) {
      await model.create([session], { session: transaction });
    },
    read: (tenantId, _id) => model.findOne({ tenantId, _id }).lean(),
    load(tenantId, filter, page) {
      // The TTL index may delete an expired session up to a minute late; it must not be listed in the meantime.
      const live = { ...filter, tenantId, expiresAt: { $gt: new Date(clock()) } };
      return readPage(['sessions', tenantId, filter], page, ({ _id }) => _id, 'ascending', (after, count) =>
        model.find(after ? { ...live, _id: after } : live).sort({ _id: 1 }).limit(count).lean());
    },
    findByCurrentHash: (tenantId, hash) => model.findOne({ tenantId, 'refresh.current': hash }).lean(),
    findByHash: (tenantId, hash) => model.findOne(
      { tenantId, $or: [{ 'refresh.current': hash }, { 'refresh.used.hash': hash }] },
    ).lean(),
    async noteSeen({ tenantId, _id }, at) {
      await model.updateOne({ tenantId, _id }, { $max: { seenAt: at } });
    },
    async storeRights({ tenantId, _id }, rights) {
      await model.updateOne({ tenantId, _id }, { $set: rights });
    },
    async exchange({ tenantId, _id }, exchanged, successor) {
      const { modifiedCount } = await model.updateOne({ tenantId, _id, 'refresh.current': exchanged.hash }, {
        $set: { 'refresh.current': successor }, $push: { 'refresh.used': { $each: [exchanged], $slice: -maxRemembered } },
      });
      return modifiedCount === 1;
    },
    raiseAuth: ({ session, actor: { tenantId } }, _id, { amr, level, at }) => model.findOneAndUpdate({ tenantId, _id }, {
      $max: { 'auth.level': level, 'auth.at': at }, $addToSet: { 'auth.amr': { $each: amr } },
    }, { session, returnDocument: 'after' }).lean(),
    end: ({ session, actor: { tenantId } }, _id) => model.findOneAndDelete({ tenantId, _id }, { session }).lean(),
    async endAllOf({ actor, session }, userId, except = null) {
      await model.deleteMany({ tenantId: actor.tenantId, userId, ...(except !== null && { _id: { $ne: except } }) }, { session });
    },
    async endAllOpenedBy({ session, actor: { tenantId } }, opened) {
      await model.deleteMany({ tenantId, ...filterOf(opened) }, { session });
    },
    async endOpenedBy({ session, actor: { tenantId } }, opened) {
      const found = await model.find({ tenantId, ...filterOf(opened) }, { userId: 1 }, { session }).lean();
      await model.deleteMany({ tenantId, _id: { $in: found.map(({ _id }) => _id) } }, { session });
      return found;
    },
    async endOldestOf({ actor: { tenantId }, session }, userId, staying) {
      const old = await model.find(
        { tenantId, userId }, { _id: 1 }, { session },
      ).sort({ createdAt: -1, _id: -1 }).skip(staying).lean();
      if (old.length > 0) await model.deleteMany({ tenantId, _id: { $in: old.map(({ _id }) => _id) } }, { session });
    },
  };
}

function filterOf({ providerId, identityId, external }: OpenedBy) {
  return {
    'auth.providerId': providerId, ...(identityId !== undefined && { 'auth.identityId': identityId }),
    ...(external !== undefined && { 'auth.external': external }),
  };
}
