import type { OidcConfiguration, UsableProvider } from '../provider.types.ts';
import type { OidcProvider } from './login-ports.types.ts';

/** The provider, if it is one of OpenID Connect. */
export function asOidc(provider: UsableProvider | null): OidcProvider | null {
  if (provider?.protocol !== 'OIDC') return null;
  return { ...provider, configuration: provider.configuration as OidcConfiguration }; // the protocol says which configuration it is
}

/** The callback of one provider. It differs for each provider, so that the answer of another one does not fit. */
export function callbackOf(publicUrl: string, providerId: string): string {
  return `${publicUrl}/sso/callback/${providerId}`;
}

/** Where the verifier of a transaction is sealed. */
export function verifierPlace(transactionId: string): string {
  return `loginTransactions:${transactionId}:verifier`;
}

const idPattern = /^([A-Za-z0-9_-]{1,64})\.[0-9a-f]{24}$/;

/** The tenant that the id of a provider names; null if the text is no such id. */
export function tenantIdOf(providerId: string): string | null {
  return idPattern.exec(providerId)?.[1] ?? null;
}
