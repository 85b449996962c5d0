import { authorizationCodeGrant, customFetch } from 'openid-client';
import type { Configuration, CustomFetch } from 'openid-client';
import type { Mismatch } from '../checks.ts';
import { describeFailure } from './describe-failure.ts';

/** What the token endpoint sent for a code. */
export interface ReceivedTokens {
  readonly idToken: string;
  readonly accessToken: string;
}

export interface CodeExchange {
  /** What was sent, also if the library refused it: then our own checks say which part of it was wrong. */
  readonly received?: ReceivedTokens;
  /** Why openid-client refused the answer, or could not get one. */
  readonly mismatch?: Mismatch;
}

export interface CodeOrder {
  readonly client: Configuration;
  /** The callback with the parameters that the browser brought. */
  readonly callbackUrl: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Exchanges a code for tokens. Never throws for what the provider does. */
export async function exchangeCode({ client, callbackUrl, state, nonce, verifier }: CodeOrder): Promise<CodeExchange> {
  const fetch = client[customFetch];
  if (!fetch) throw new TypeError('The client has no way out of its own.');
  const watched = keepTokens(fetch);
  client[customFetch] = watched.fetch;
  try {
    await authorizationCodeGrant(client, callbackUrl, {
      expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true,
    });
    return watched.tokens();
  } catch (error) {
    return { ...watched.tokens(), mismatch: { expected: 'tokens for the code', received: describeFailure(error) } };
  } finally {
    client[customFetch] = fetch;
  }
}

/** Keeps the tokens of the last answer. */
function keepTokens(fetch: CustomFetch) {
  let received: ReceivedTokens | undefined;
  return {
    tokens: (): Pick<CodeExchange, 'received'> => (received ? { received } : {}),
    fetch: async (...[url, options]: Parameters<CustomFetch>): Promise<Response> => {
      const response = await fetch(url, options);
      received = tokensOf(await response.clone().text());
      return response;
    },
  };
}

function tokensOf(body: string): ReceivedTokens | undefined {
  try {
    const { id_token: idToken, access_token: accessToken } = JSON.parse(body) as Record<string, unknown>;
    return typeof idToken === 'string' && typeof accessToken === 'string' ? { idToken, accessToken } : undefined;
  } catch {
    return undefined;
  }
}
