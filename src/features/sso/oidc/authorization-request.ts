import { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier } from 'openid-client';
import type { Configuration } from 'openid-client';
import type { OidcConfiguration } from '../provider.types.ts';

/** The secrets of one request, which its answer must fit. Each has 256 random bits. */
export interface RequestSecrets {
  readonly nonce: string;
  /** For the code exchange (RFC 7636). */
  readonly verifier: string;
}

export interface AuthorizationOrder {
  readonly configuration: Pick<OidcConfiguration, 'scopes' | 'prompt' | 'maxAge'>;
  /** The callback of this provider alone: it differs for each provider, so that the answer of another one does not fit. */
  readonly redirectUri: string;
  readonly state: string;
  readonly secrets: RequestSecrets;
  readonly loginHint?: string | undefined;
  /** Asks the person to prove again who they are. */
  readonly isFresh?: boolean;
}

const defaultScopes: readonly string[] = ['email', 'profile'];

export function makeRequestSecrets(): RequestSecrets {
  return { nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
}

/** How recent the proof must be that the request asks for, in s; undefined if it names no limit. */
export function maxAgeOf({ maxAge }: Pick<OidcConfiguration, 'maxAge'>, isFresh: boolean): number | undefined {
  return isFresh ? 0 : maxAge;
}

/** Builds the address to which a browser is sent: the code flow with PKCE S256, state and nonce. */
export async function makeAuthorizationUrl(client: Configuration, order: AuthorizationOrder): Promise<URL> {
  const { configuration, redirectUri, state, secrets, loginHint, isFresh = false } = order;
  const maxAge = maxAgeOf(configuration, isFresh);
  const prompt = isFresh ? 'login' : configuration.prompt;
  return buildAuthorizationUrl(client, {
    redirect_uri: redirectUri,
    scope: [...new Set(['openid', ...configuration.scopes ?? defaultScopes])].join(' '),
    state,
    nonce: secrets.nonce,
    code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
    ...(prompt !== undefined && { prompt }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
    ...(loginHint !== undefined && { login_hint: loginHint }),
  });
}
