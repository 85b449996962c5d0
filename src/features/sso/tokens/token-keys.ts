import { createForeignKeys, createPemKeys } from '../../../tokens/foreign-keys.ts';
import type { ForeignKeys } from '../../../tokens/foreign-keys.ts';
import type { CheckedStep } from '../checks.ts';
import { createDiscovery } from '../oidc/discovery.ts';
import type { DiscoveryDeps } from '../oidc/discovery.ts';
import { algorithmsOf } from '../oidc/oidc-client.ts';
import { createRevisionCache } from '../revision-cache.ts';
import type { BearerProvider } from './bearer-provider.ts';

export type FoundKeys = { readonly keys: ForeignKeys } | { readonly step: CheckedStep };

/** The keys with which a provider signs access tokens. Never throws for what the provider does. */
export type KeysOf = (provider: BearerProvider) => Promise<FoundKeys>;

interface Kept {
  readonly address: string;
  readonly keys: ForeignKeys;
}

/**
 * Creates the source of the keys of providers: those of the configuration, those at its `jwksUri`, or those that the issuer names in its
 * discovery document. A node keeps them for one revision of a provider.
 */
export function createTokenKeys(deps: DiscoveryDeps): KeysOf {
  const { fetch, clock } = deps;
  const discovery = createDiscovery(deps);
  const kept = createRevisionCache<{ current: Kept | null }>();

  function keysAt({ _id: providerId, revision, configuration }: BearerProvider, address: string): ForeignKeys {
    const place = kept.of({ providerId, revision }, () => ({ current: null }));
    // A provider may move its keys to another address without a new revision. Then the old ones count no longer.
    if (place.current?.address !== address) {
      const fetchKeys = (url: URL, request: Parameters<typeof fetch>[1]) => fetch(url.href, request);
      const keys = createForeignKeys({ url: new URL(address), algorithms: algorithmsOf(configuration), fetch: fetchKeys, clock });
      place.current = { address, keys };
    }
    return place.current.keys;
  }

  function pemKeys({ _id: providerId, revision, configuration }: BearerProvider, pems: readonly string[]): FoundKeys {
    const place = kept.of({ providerId, revision }, () => ({ current: null }));
    try {
      place.current ??= { address: '', keys: createPemKeys(pems, algorithmsOf(configuration)) };
      return { keys: place.current.keys };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return { step: { step: 'key', ok: false, expected: `keys for ${algorithmsOf(configuration).join(' or ')}`, received: 'others' } };
    }
  }

  return async (provider) => {
    const { configuration, _id: providerId, revision } = provider;
    if ('publicKeys' in configuration) return pemKeys(provider, configuration.publicKeys);
    if ('jwksUri' in configuration) return { keys: keysAt(provider, configuration.jwksUri) };
    const discovered = await discovery.discover({ providerId, revision }, configuration.issuer);
    return discovered.ok ? { keys: keysAt(provider, discovered.metadata.jwks_uri) } : discovered;
  };
}
