import * as client from 'openid-client';
import type { Browser, Page } from './browser.ts';
import type { ClientUrls, OidcPeer, Person } from './oidc-peer.ts';

/** A login at a peer, as openid-client tells it. */
export interface Login {
  readonly idToken: string;
  readonly claims: client.IDToken;
}

/** An application that logs in at a peer with openid-client, without Gatehouse. */
export interface RelyingParty {
  readonly clientId: string;
  readonly jwksUri: string;
  /** Logs a person in: code flow with PKCE, state and nonce. `page` is what the browser showed where there was no login. */
  logIn(browser: Browser, person: Pick<Person, 'username' | 'password'>): Promise<{ readonly login?: Login; readonly page: Page }>;
  /** Where a browser logs out at the peer. */
  logoutUrl(idToken?: string): string;
}

/** A page of the application, which nobody serves: a browser that knows it stops there. */
export const application = 'http://127.0.0.1:9/application/';

export async function createRelyingParty(peer: OidcPeer, urls: Pick<ClientUrls, 'backChannelLogout'> = {}): Promise<RelyingParty> {
  const { clientId, clientSecret, setUrls } = await peer.newClient();
  const [redirect, afterLogout] = [`${application}callback`, `${application}after-logout`];
  await setUrls({ redirect, afterLogout, ...urls });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is no older way, but one for tests: a peer on 127.0.0.1 has no https
  const allowsHttp = { execute: [client.allowInsecureRequests] };
  const configuration = await client.discovery(new URL(peer.issuer), clientId, clientSecret, undefined, allowsHttp);

  return {
    clientId,
    jwksUri: configuration.serverMetadata().jwks_uri ?? '',
    async logIn(browser, person) {
      const [pkceCodeVerifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirect, scope: 'openid email profile', state, nonce,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
      });
      const page = await browser.logIn(url.href, person);
      if (!page.url.startsWith(redirect)) return { page };
      const tokens = await client.authorizationCodeGrant(configuration, new URL(page.url), {
        pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims || tokens.id_token === undefined) throw new Error('The peer gave no ID token.');
      return { page, login: { idToken: tokens.id_token, claims } };
    },
    logoutUrl: (idToken) => client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: afterLogout, ...(idToken !== undefined && { id_token_hint: idToken }),
    }).href,
  };
}
