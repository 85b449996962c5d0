import type { ClientSession } from '../../../platform/database/session.ts';
import type { Provisioning, RoleMappingEntry } from '../identity.types.ts';

/** The part of a provider that decides which roles it gives. */
export interface ProviderMapping {
  readonly _id: string;
  readonly roleMapping: readonly RoleMappingEntry[];
  readonly provisioning: Pick<Provisioning, 'defaultRole' | 'unmatched'>;
}

/** The queries about the role mappings of providers. The feature of providers stores them. */
export interface ProviderMappings {
  /** The mappings of those of these providers that are active; with null, of all active providers of the tenant. */
  readActive(tenantId: string, providerIds: readonly string[] | null, session?: ClientSession): Promise<ProviderMapping[]>;
  /** The names of providers, active or not, by providerId. */
  namesOf(tenantId: string, providerIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
