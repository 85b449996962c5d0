import type { SessionAuth } from '../../sessions/session.model.ts';
import { asOidc } from '../login/oidc-provider.ts';
import type { LoginProviders } from '../login/login-ports.types.ts';
import type { OidcConnections } from '../oidc/oidc-connections.ts';

export interface LogoutUrlDeps {
  readonly providers: LoginProviders;
  readonly connections: OidcConnections;
}

/**
 * The address at which a browser ends the session of the provider too (OpenID Connect RP-Initiated Logout 1.0), and then goes on to
 * `returnTo`. Undefined if no provider opened the session, or if it has no such address, or cannot be reached.
 */
export type LogoutUrlOf = (auth: Readonly<SessionAuth>, returnTo?: string) => Promise<string | undefined>;

/** Creates the function that finds the address of the logout at a provider. */
export function createLogoutUrlOf({ providers, connections }: LogoutUrlDeps): LogoutUrlOf {
  return async ({ providerId }, returnTo) => {
    const provider = providerId === undefined ? null : asOidc(await providers.find(providerId));
    const connected = provider && await connections.connect(provider);
    if (!connected?.ok || connected.connection.metadata.end_session_endpoint === undefined) return undefined;
    const url = new URL(connected.connection.metadata.end_session_endpoint);
    url.searchParams.set('client_id', provider?.configuration.clientId ?? '');
    if (returnTo !== undefined) url.searchParams.set('post_logout_redirect_uri', returnTo);
    return url.href;
  };
}
