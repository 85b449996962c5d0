import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeLater } from '../../../scripts/test-run/closing.ts';
import Provider from 'oidc-provider';
import type { AdapterPayload, Configuration, JWK } from 'oidc-provider';
import { newPersonContent } from '../oidc-peer.ts';
import type { ClientUrls, OidcPeer, Person, PersonContent } from '../oidc-peer.ts';
import { loginPath, serveLogin } from './login-page.ts';
import { createStorage } from './storage.ts';
import type { Storage } from './storage.ts';

export interface OidcProviderOptions {
  /** Where the claims of a person are: in the ID token, which is the default here, or only at the userinfo endpoint. */
  readonly claimsIn?: 'id-token' | 'userinfo';
}

interface Account extends Person, PersonContent {}

/** Starts an OpenID provider on 127.0.0.1 in this process; it ends when the test, the describe or the file is over. */
export async function startOidcProvider({ claimsIn = 'id-token' }: OidcProviderOptions = {}): Promise<OidcPeer> {
  const accounts = new Map<string, Account>();
  const storage = createStorage();
  let keys = [newKey()];
  const server = createServer((request, response) => {
    if (request.url?.startsWith(loginPath) === true) void serveLogin(provider, checkPassword, request, response);
    else void handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(() => new Promise((resolve) => { server.close(resolve).closeAllConnections(); }));
  const { port } = server.address() as AddressInfo; // what a server on a port has
  const issuer = `http://127.0.0.1:${port}`;

  // A provider has its keys for life: other keys are another provider with the same storage.
  const create = () => new Provider(issuer, configure({ storage, keys, accounts, claimsIn }));
  let provider = create();
  let handle = provider.callback();

  function checkPassword(username: string, password: string): string | undefined {
    const account = [...accounts.values()].find((each) => each.username === username);
    return account?.password === password && account.isEnabled ? account.subject : undefined;
  }

  return {
    issuer,

    newClient() {
      const [clientId, clientSecret] = [`client-${randomUUID()}`, randomUUID()];
      const setUrls = (urls: ClientUrls) => {
        storage.saveClient(clientId, clientMetadata(clientId, clientSecret, urls));
        return Promise.resolve();
      };
      return Promise.resolve({ clientId, clientSecret, setUrls });
    },

    newPerson(content = {}) {
      const username = `ann-${randomUUID()}`;
      const account = { subject: randomUUID(), username, password: randomUUID(), ...newPersonContent(username, content) };
      accounts.set(account.subject, account);
      return Promise.resolve(account);
    },

    change({ subject }, content) {
      const account = accounts.get(subject);
      if (account) accounts.set(subject, { ...account, ...content });
      return Promise.resolve();
    },

    rotateKeys({ keepsOld = false } = {}) {
      keys = [newKey(), ...(keepsOld ? keys : [])];
      provider = create();
      handle = provider.callback();
      return Promise.resolve();
    },

    async endSessions({ subject }) {
      for (const { authorizations = {} } of storage.sessionsOf(subject)) {
        for (const [clientId, { sid = '' }] of Object.entries(authorizations)) {
          const client = await provider.Client.find(clientId) as LogoutClient | undefined;
          if (client?.backchannelLogoutUri !== undefined) await client.backchannelLogout(subject, sid);
        }
      }
      storage.endSessions(subject);
    },
  };
}

/** Its own logout calls this method, which its types leave out. */
interface LogoutClient {
  readonly backchannelLogoutUri?: string;
  backchannelLogout(subject: string, sid: string): Promise<void>;
}

interface Content {
  readonly storage: Storage;
  readonly keys: readonly JWK[];
  readonly accounts: ReadonlyMap<string, Account>;
  readonly claimsIn: 'id-token' | 'userinfo';
}

function configure({ storage, keys, accounts, claimsIn }: Content): Configuration {
  return {
    adapter: storage.adapter,
    jwks: { keys },
    cookies: { keys: ['the key of the cookies of a test'] },
    claims: {
      openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'preferred_username'],
    },
    conformIdTokenClaims: claimsIn === 'userinfo',
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) {
          ctx.body = form.replace('</form>', '<button name="logout" value="yes">Log out</button></form>');
        },
        postLogoutSuccessSource(ctx) { ctx.body = 'You are logged out.'; },
      },
    },
    interactions: { url: (_ctx, { uid }) => `${loginPath}${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3_600, IdToken: 600, Interaction: 600, Session: 3_600 },
    renderError(ctx, { error, error_description: description }) { ctx.body = `${error}: ${description ?? ''}`; },
    findAccount: (_ctx, subject) => {
      const account = accounts.get(subject);
      return account?.isEnabled === true ? { accountId: subject, claims: () => claimsOf(account) } : undefined;
    },
    // Nobody is asked for consent, as at the provider of a company.
    async loadExistingGrant({ oidc: { client, session, provider } }) {
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    // Its own way out would refuse 127.0.0.1.
    fetch(url, options = {}) {
      const { dispatcher: _guarded, ...rest } = options;
      return fetch(url, rest);
    },
  };
}

function claimsOf({ subject, email, emailVerified, firstName, lastName, username, groups }: Account) {
  return {
    sub: subject, email, email_verified: emailVerified, given_name: firstName, family_name: lastName, preferred_username: username,
    groups: [...groups],
  };
}

function clientMetadata(clientId: string, clientSecret: string, { redirect, afterLogout, backChannelLogout }: ClientUrls): AdapterPayload {
  return {
    client_id: clientId, client_secret: clientSecret, redirect_uris: [redirect], grant_types: ['authorization_code'],
    response_types: ['code'],
    ...(afterLogout !== undefined && { post_logout_redirect_uris: [afterLogout] }),
    ...(backChannelLogout && {
      backchannel_logout_uri: backChannelLogout.url, backchannel_logout_session_required: backChannelLogout.bySession,
    }),
  };
}

function newKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}
