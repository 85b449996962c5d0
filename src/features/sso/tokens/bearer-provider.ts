import type { Bearer, JwtConfiguration, OidcConfiguration, UsableProvider } from '../provider.types.ts';

/** A provider whose access tokens count. */
export type BearerProvider = UsableProvider & {
  readonly configuration: (OidcConfiguration | JwtConfiguration) & { readonly bearer: Bearer };
};

/** The provider, if access tokens of it count. Its status is for the calling code. */
export function asBearer(provider: UsableProvider | null): BearerProvider | null {
  return provider && hasBearer(provider) ? provider : null;
}

function hasBearer(provider: UsableProvider): provider is BearerProvider {
  return 'bearer' in provider.configuration;
}
