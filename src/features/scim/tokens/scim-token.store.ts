import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { readPage } from '../../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../../platform/database/queries/page.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import { hashOneTimeToken, makeOneTimeToken, parseOneTimeToken } from '../../../tokens/one-time-token.ts';
import type { ScimToken } from './scim-token.model.ts';

/** The queries about the tokens of directories. */
export interface ScimTokenStore {
  /** Creates a token and returns its text, `<tenantId>.<43 base64url characters>`. Nothing returns the text again. */
  create(tx: ChangeTransaction, token: Omit<ScimToken, '_id' | 'tenantId'>): Promise<string>;
  /** The token that a request shows; null if it is of another form, unknown or expired. */
  findLive(text: string, now: Date): Promise<ScimToken | null>;
  /** Writes the time of a use, at most once a minute. */
  touch(token: ScimToken, now: Date): Promise<void>;
  /** One page of tokens, also of expired ones that the database has not deleted yet, in the order of their ids. */
  load(tenantId: string, filter: { readonly providerId?: string }, page: PageRequest): Promise<Page<ScimToken>>;
  find(tx: ChangeTransaction, tokenId: string): Promise<ScimToken | null>;
  /** Whether a provider has a token that is not expired: SCIM alone then sets the groups of its persons. */
  hasLive(tenantId: string, providerId: string, now: Date, session?: ClientSession): Promise<boolean>;
  remove(tx: ChangeTransaction, tokenId: string): Promise<void>;
  removeAllOfProvider(tx: ChangeTransaction, providerId: string): Promise<void>;
}

/** How long a use stays unwritten after the use before, in ms. */
const minute = 60_000;

const tokenIdOf = ({ tokenId }: ScimToken) => tokenId;

/** Creates the store of the tokens of directories. */
export function createScimTokenStore(model: Model<ScimToken>): ScimTokenStore {
  return {
    async create({ session, actor: { tenantId } }, token) {
      const { token: text, hash } = makeOneTimeToken(tenantId);
      await model.create([{ ...token, _id: hash, tenantId }], { session });
      return text;
    },
    async findLive(text, now) {
      const tenantId = parseOneTimeToken(text);
      return tenantId === null ? null : model.findOne({ tenantId, _id: hashOneTimeToken(text), expiresAt: { $gt: now } }).lean();
    },
    async touch({ tenantId, _id, lastUsedAt }, now) {
      if (lastUsedAt !== undefined && now.getTime() - lastUsedAt.getTime() < minute) return;
      await model.updateOne({ tenantId, _id }, { $max: { lastUsedAt: now } });
    },
    load: (tenantId, filter, page) => readPage(['scim-tokens', tenantId, filter], page, tokenIdOf, 'ascending', (after, count) =>
      model.find({ ...filter, tenantId, ...(after && { tokenId: after }) }).sort({ tokenId: 1 }).limit(count).lean()),
    find: ({ session, actor: { tenantId } }, tokenId) => model.findOne({ tenantId, tokenId }, null, { session }).lean(),
    hasLive: async (tenantId, providerId, now, session) => (
      (await model.exists({ tenantId, providerId, expiresAt: { $gt: now } }).session(session ?? null)) !== null),
    async remove({ session, actor: { tenantId } }, tokenId) {
      await model.deleteOne({ tenantId, tokenId }, { session });
    },
    async removeAllOfProvider({ session, actor: { tenantId } }, providerId) {
      await model.deleteMany({ tenantId, providerId }, { session });
    },
  };
}
