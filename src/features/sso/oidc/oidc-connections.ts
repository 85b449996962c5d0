import type { Configuration } from 'openid-client';
import { createRevisionCache } from '../revision-cache.ts';
import type { RevisionKey } from '../revision-cache.ts';
import type { OidcConfiguration, UsableProvider } from '../provider.types.ts';
import type { CheckedStep } from '../checks.ts';
import { createDiscovery } from './discovery.ts';
import type { DiscoveryDeps } from './discovery.ts';
import { createOidcClient } from './oidc-client.ts';
import type { ProviderMetadata } from './provider-metadata.ts';
import type { ProviderKeys } from './signed-token.ts';

export interface OidcConnectionsDeps extends DiscoveryDeps {
  /** Creates the cache of the keys at an address. */
  readonly createKeys: (url: URL) => ProviderKeys;
}

/** All that is needed to talk to a provider. */
export interface OidcConnection {
  readonly metadata: ProviderMetadata;
  readonly client: Configuration;
  readonly keys: ProviderKeys;
}

export type Connected =
  | { readonly ok: true; readonly connection: OidcConnection }
  | { readonly ok: false; readonly step: CheckedStep };

export interface ConnectedProvider extends Pick<UsableProvider, '_id' | 'revision' | 'secrets'> {
  readonly configuration: OidcConfiguration;
}

/** The connections to providers. */
export interface OidcConnections {
  /** Never throws for what the provider does. Throws a TypeError for a secret that is missing or of no use. */
  connect(provider: ConnectedProvider): Promise<Connected>;
  /** Drops what this node keeps about a provider that has changed. */
  forget(providerId: string): void;
}

/** Creates the connections. A node keeps discovery and keys for one revision of a provider, and drops them when the provider changes. */
export function createOidcConnections({ createKeys, ...deps }: OidcConnectionsDeps): OidcConnections {
  const discovery = createDiscovery(deps);
  const keysOf = createRevisionCache<Map<string, ProviderKeys>>();

  /** A provider may move its keys to another address without a new revision. Then the old ones count no longer. */
  function keysAt(key: RevisionKey, address: string): ProviderKeys {
    const kept = keysOf.of(key, () => new Map());
    const keys = kept.get(address) ?? createKeys(new URL(address));
    if (!kept.has(address)) kept.clear();
    kept.set(address, keys);
    return keys;
  }

  return {
    async connect({ _id: providerId, revision, configuration, secrets }) {
      const key = { providerId, revision };
      const discovered = await discovery.discover(key, configuration.issuer);
      if (!discovered.ok) return discovered;
      const { metadata } = discovered;
      const client = await createOidcClient({ ...deps, configuration, secrets, metadata });
      return { ok: true, connection: { metadata, client, keys: keysAt(key, metadata.jwks_uri) } };
    },
    forget(providerId) {
      discovery.forget(providerId);
      keysOf.forget(providerId);
    },
  };
}
