import type { Model } from 'mongoose';
import type { ChangeTransaction } from '../../../platform/changes/change.service.ts';
import { isDuplicate } from '../../../platform/database/queries/duplicate.ts';
import type { ClientSession } from '../../../platform/database/session.ts';
import type { ScimFilter } from '../filter/filter.types.ts';
import { toQuery } from '../filter/filter-query.ts';
import { ScimError } from '../scim-error.ts';
import type { ResourceType, ScimResource, ScimValues } from '../scim.types.ts';
import { keysOf } from '../text-keys.ts';
import type { StoredResource } from './scim-resource.model.ts';

/** The provider whose token asks. It sees its own resources alone. */
export interface ProviderScope {
  readonly tenantId: string;
  readonly providerId: string;
  readonly session?: ClientSession;
}

export interface ListedResources {
  readonly resources: readonly ScimResource[];
  /** How many resources fit, also those outside the page. */
  readonly totalResults: number;
}

/** The queries about resources of one type. */
export interface ScimResourceStore {
  /** A page of the resources that fulfil a filter, in the order of their ids. Without `readsMembers`, groups come without members. */
  list(scope: ProviderScope, wanted: {
    readonly filter?: ScimFilter; readonly startIndex: number; readonly count: number; readonly readsMembers?: boolean;
  }): Promise<ListedResources>;
  find(scope: ProviderScope, id: string): Promise<ScimResource | null>;
  /** Those of the ids that exist. */
  existing(scope: ProviderScope, ids: readonly string[]): Promise<string[]>;
  /** Throws `uniqueness` (409) if another resource of the provider has the same userName, or the same name of a group. */
  create(tx: ChangeTransaction, providerId: string, resource: ScimResource): Promise<void>;
  /** Replaces the values of a resource that the same transaction has read. Throws `uniqueness` (409). */
  write(tx: ChangeTransaction, providerId: string, resource: ScimResource): Promise<void>;
  remove(tx: ChangeTransaction, providerId: string, id: string): Promise<void>;
  removeAllOfProvider(tx: ChangeTransaction, providerId: string): Promise<void>;
}

/** Creates the store of the resources of one type. */
export function createScimResourceStore(type: ResourceType, model: Model<StoredResource>): ScimResourceStore {
  const stored = ({ values, createdAt, changedAt }: ScimResource) => {
    const { members: _members, ...others } = values;
    return { values: others, keys: keysOf(type, { values, createdAt, changedAt }), createdAt, changedAt };
  };

  return {
    async list({ session, ...scope }, { filter, startIndex, count, readsMembers = true }) {
      const query = { ...scope, ...(filter && { $and: [toQuery(filter)] }) };
      const totalResults = await model.countDocuments(query).session(session ?? null);
      // A limit of 0 would mean no limit.
      if (count === 0 || startIndex > totalResults) return { resources: [], totalResults };
      const found = await model.find(query, readsMembers ? null : { 'keys.members': 0 }, { session: session ?? null })
        .sort({ _id: 1 }).skip(startIndex - 1).limit(count).lean();
      return { resources: found.map(resourceOf), totalResults };
    },
    async find({ session, ...scope }, _id) {
      const found = await model.findOne({ ...scope, _id }, null, { session: session ?? null }).lean();
      return found && resourceOf(found);
    },
    async existing({ session, ...scope }, ids) {
      const found = await model.find({ ...scope, _id: { $in: [...ids] } }, { _id: 1 }, { session: session ?? null }).lean();
      return found.map(({ _id }) => _id);
    },
    create: ({ session, actor: { tenantId } }, providerId, resource) => refusingDuplicates(type, async () => {
      await model.create([{ _id: resource.id, tenantId, providerId, ...stored(resource) }], { session });
    }),
    write: ({ session, actor: { tenantId } }, providerId, resource) => refusingDuplicates(type, async () => {
      await model.updateOne({ tenantId, providerId, _id: resource.id }, { $set: stored(resource) }, { session });
    }),
    async remove({ session, actor: { tenantId } }, providerId, _id) {
      await model.deleteOne({ tenantId, providerId, _id }, { session });
    },
    async removeAllOfProvider({ session, actor: { tenantId } }, providerId) {
      await model.deleteMany({ tenantId, providerId }, { session });
    },
  };
}

function resourceOf({ _id, values, keys, createdAt, changedAt }: StoredResource): ScimResource {
  const { members } = keys as ScimValues; // of the same form as values, but for meta, which is not read here
  return { id: _id, values: { ...values, ...(members !== undefined && { members }) }, createdAt, changedAt };
}

async function refusingDuplicates({ name }: ResourceType, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const attribute = name === 'User' ? 'userName' : 'displayName';
    throw new ScimError(409, 'uniqueness', `Another resource of this type has the same ${attribute}.`);
  }
}
