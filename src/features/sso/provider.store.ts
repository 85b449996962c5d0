import type { Model, QueryFilter } from 'mongoose';
import type { ChangeTransaction } from '../../platform/changes/change.service.ts';
import { readPage } from '../../platform/database/queries/page.ts';
import type { Page, PageRequest } from '../../platform/database/queries/page.ts';
import type { StoredProvider } from './provider.model.ts';
import type { IdentityProvider } from './provider.types.ts';

export type ProviderFilter = Partial<Pick<IdentityProvider, 'protocol' | 'status'>>;

/** The queries about identity providers. */
export interface ProviderStore {
  /** One page of providers, in the order of their ids. */
  load(tenantId: string, filter: ProviderFilter, page: PageRequest): Promise<Page<IdentityProvider>>;
  find(tenantId: string, providerId: string, tx?: ChangeTransaction): Promise<IdentityProvider | null>;
  /** Whether a provider, except one, has this name. */
  isNameTaken(tx: ChangeTransaction, nameKey: string, except: string): Promise<boolean>;
  /** Those of the domains that another provider has. */
  readTakenDomains(tx: ChangeTransaction, domains: readonly string[], except: string): Promise<string[]>;
  create(tx: ChangeTransaction, provider: IdentityProvider): Promise<void>;
  /** Replaces what is stored of a provider that the same transaction has read. */
  write(tx: ChangeTransaction, provider: IdentityProvider): Promise<void>;
  remove(tx: ChangeTransaction, providerId: string): Promise<void>;
  /** The ids of the active providers, except one. */
  readActiveIds(tx: ChangeTransaction, except?: string): Promise<string[]>;
  /** The active provider that has a domain; null if there is none. */
  findActiveOfDomain(tenantId: string, domain: string): Promise<Pick<IdentityProvider, '_id' | 'providerName'> | null>;
  /** The active providers whose access tokens count, with their issuers. */
  readActiveOfIssuers(tenantId: string): Promise<{ readonly _id: string; readonly issuer: string }[]>;
  /** How many providers give a role. */
  countHolders(tx: ChangeTransaction, roleId: string): Promise<number>;
  /** The providers that give a role. */
  readHolders(tx: ChangeTransaction, roleId: string): Promise<IdentityProvider[]>;
}

/** Creates the store of identity providers. */
export function createProviderStore(model: Model<StoredProvider>): ProviderStore {
  const givers = (tenantId: string, roleId: string): QueryFilter<StoredProvider> & { tenantId: string } => (
    { tenantId, $or: [{ 'roleMapping.role': roleId }, { 'provisioning.defaultRole': roleId }] });

  return {
    async load(tenantId, filter, request) {
      const { items, nextCursor } = await readPage<StoredProvider>(
        ['identity-providers', tenantId, filter], request, ({ _id }) => _id, 'ascending',
        (after, count) => model.find({ ...filter, tenantId, ...(after && { _id: after }) }).sort({ _id: 1 }).limit(count).lean(),
      );
      return { items: items.map(fromStored), nextCursor };
    },
    async find(tenantId, providerId, tx) {
      const stored = await model.findOne({ tenantId, _id: providerId }, null, { session: tx?.session ?? null }).lean();
      return stored && fromStored(stored);
    },
    isNameTaken: async ({ session, actor: { tenantId } }, nameKey, except) => (
      (await model.exists({ tenantId, nameKey, _id: { $ne: except } }).session(session)) !== null),
    async readTakenDomains({ session, actor: { tenantId } }, domains, except) {
      const others = await model.find(
        { tenantId, domains: { $in: [...domains] }, _id: { $ne: except } }, { domains: 1 }, { session },
      ).lean();
      const taken = new Set(others.flatMap((other) => other.domains));
      return domains.filter((domain) => taken.has(domain));
    },
    async create({ session }, provider) {
      await model.create([toStored(provider)], { session });
    },
    async write({ session }, provider) {
      const { _id, tenantId, ...set } = toStored(provider);
      const unset = (['live', 'testedRevision', 'subject'] as const).filter((name) => set[name] === undefined);
      await model.updateOne({ tenantId, _id }, {
        $set: set, ...(unset.length > 0 && { $unset: Object.fromEntries(unset.map((name) => [name, 1])) }),
      }, { session });
    },
    async remove({ session, actor: { tenantId } }, providerId) {
      await model.deleteOne({ tenantId, _id: providerId }, { session });
    },
    async readActiveIds({ session, actor: { tenantId } }, except) {
      const others = except === undefined ? {} : { _id: { $ne: except } };
      const active = await model.find({ tenantId, status: 'active', ...others }, { _id: 1 }, { session }).lean();
      return active.map(({ _id }) => _id);
    },
    findActiveOfDomain: (tenantId, domain) => (
      model.findOne({ tenantId, status: 'active', domains: domain }, { providerName: 1 }).lean()),
    async readActiveOfIssuers(tenantId) {
      const active = await model.find({ tenantId, status: 'active' }, { live: 1 }).sort({ _id: 1 }).lean();
      return active.flatMap(({ _id, live: { configuration } = {} }) => (
        configuration && 'bearer' in configuration ? [{ _id, issuer: configuration.issuer }] : []));
    },
    countHolders: ({ session, actor: { tenantId } }, roleId) => model.countDocuments(givers(tenantId, roleId)).session(session).exec(),
    readHolders: async ({ session, actor: { tenantId } }, roleId) => (
      (await model.find(givers(tenantId, roleId), null, { session }).lean()).map(fromStored)),
  };
}

function toStored({ attributeMapping, ...provider }: IdentityProvider): StoredProvider {
  return { ...provider, attributeMapping: Object.entries(attributeMapping).map(([target, source]) => ({ target, source })) };
}

function fromStored({ attributeMapping, ...provider }: StoredProvider): IdentityProvider {
  return { ...provider, attributeMapping: Object.fromEntries(attributeMapping.map(({ target, source }) => [target, source])) };
}
