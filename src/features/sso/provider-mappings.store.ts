import type { Model } from 'mongoose';
import type { ProviderMapping, ProviderMappings } from '../identities/provided/provider-mappings.types.ts';
import type { StoredProvider } from './provider.model.ts';

const mapping = { roleMapping: 1, provisioning: 1 };

/** Creates the queries about the role mappings of providers. */
export function createProviderMappings(model: Model<StoredProvider>): ProviderMappings {
  return {
    readActive: (tenantId, providerIds, session) => model.find(
      { tenantId, status: 'active', ...(providerIds && { _id: { $in: [...providerIds] } }) }, mapping, { session: session ?? null },
    ).sort({ _id: 1 }).lean<ProviderMapping[]>(),
    async namesOf(tenantId, providerIds) {
      const found = await model.find({ tenantId, _id: { $in: [...providerIds] } }, { providerName: 1 }).lean();
      return new Map(found.map(({ _id, providerName }) => [_id, providerName]));
    },
  };
}
