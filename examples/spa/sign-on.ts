/** What the page knows of its Gatehouse, and of its browser. */
export interface SignOnOptions {
  /** The PUBLIC_URL of Gatehouse, without a slash at the end. */
  readonly gatehouse: string;
  /** This page, exactly as RETURN_URLS lists it. */
  readonly returnTo: string;
  /** sessionStorage */
  readonly storage: { getItem(name: string): string | null; setItem(name: string, value: string): void; removeItem(name: string): void };
  /** Sends the browser to another page: location.assign. */
  readonly go: (url: string) => void;
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** A login that has left this page, and what it is for. It stays in sessionStorage, which no other tab and no other site reads. */
interface Pending {
  readonly verifier: string;
  readonly state: string;
  readonly isConfirmation: boolean;
}

const key = 'sign-on';
const base64url = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
const digest = async (text: string) => base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));

/** Signs users on through the identity provider of their address. The page sees no token of the provider. */
export function createSignOn({ gatehouse, returnTo, storage, go }: SignOnOptions) {
  let tokens: Tokens | null = null; // in memory alone: a reload logs in again, and the provider still knows the browser
  let refreshing: Promise<void> | null = null;

  async function ask(method: string, path: string, body?: object): Promise<Response> {
    return fetch(gatehouse + path, {
      method, ...(body && { body: JSON.stringify(body) }),
      headers: { ...(body && { 'Content-Type': 'application/json' }), ...(tokens && { Authorization: `Bearer ${tokens.access_token}` }) },
    });
  }

  async function post<T>(path: string, body: object): Promise<T> {
    const answer = await ask('POST', path, body);
    if (!answer.ok) throw await answer.json(); // a problem with `code` and `detail`
    return answer.json() as Promise<T>;
  }

  async function leave(isConfirmation: boolean): Promise<{ codeChallenge: string; state: string }> {
    const pending: Pending = { verifier: random(), state: random(), isConfirmation };
    storage.setItem(key, JSON.stringify(pending));
    return { codeChallenge: await digest(pending.verifier), state: pending.state };
  }

  /** All calls that notice an old token share one refresh. */
  function refresh(): Promise<void> {
    refreshing ??= post<Tokens>('/users/refresh', { refresh_token: tokens?.refresh_token })
      .then((next) => { tokens = next; }).finally(() => { refreshing = null; });
    return refreshing;
  }

  /** Goes to the provider, which asks for the password again. The page comes back and repeats what it wanted. */
  async function confirm(): Promise<void> {
    const back = await leave(true);
    const { startUrl } = await post<{ startUrl: string }>('/profile/confirm-identity', { provider: true, returnTo, ...back });
    storage.setItem(`${key} tokens`, JSON.stringify(tokens)); // this login alone continues a session
    go(startUrl);
  }

  return {
    /** Goes to the provider of an address; false if addresses of its domain log in with a password. */
    async begin(email: string): Promise<boolean> {
      const { provider } = await post<{ provider?: { providerId: string } }>('/sso/discover', { email });
      if (!provider) return false;
      const query = new URLSearchParams({ providerId: provider.providerId, returnTo, loginHint: email, ...await leave(false) });
      go(`${gatehouse}/sso/start?${query.toString()}`);
      return true;
    },

    /** Call it when the page loads, with its URL. True if the user is logged in now. */
    async finish(url: string): Promise<boolean> {
      const { searchParams } = new URL(url);
      const pending = JSON.parse(storage.getItem(key) ?? 'null') as Pending | null; // written by `leave` alone
      storage.removeItem(key);
      const code = searchParams.get('code');
      if (!pending || code === null || searchParams.get('state') !== pending.state) return false; // not a login of this tab
      const sent = { code, codeVerifier: pending.verifier };
      if (!pending.isConfirmation) tokens = await post<Tokens>('/users/exchange-code', sent);
      else {
        tokens = JSON.parse(storage.getItem(`${key} tokens`) ?? 'null') as Tokens | null; // written by `confirm` alone
        storage.removeItem(`${key} tokens`);
        if (tokens) tokens = { ...tokens, ...await post<Pick<Tokens, 'access_token'>>('/profile/confirm-identity', sent) };
      }
      return tokens !== null;
    },

    /** Calls Gatehouse or an app behind it. An old token is refreshed; a URL that needs a recent login leads to the provider. */
    async call(method: string, path: string, body?: object): Promise<Response> {
      const answer = await ask(method, path, body);
      if (answer.status !== 401 || !tokens) return answer;
      if (answer.headers.get('WWW-Authenticate')?.includes('insufficient_user_authentication')) {
        await confirm();
        return answer;
      }
      await refresh();
      return ask(method, path, body);
    },

    /** Ends the session here and, where it came from a provider, there. */
    async logOut(): Promise<void> {
      const answer = await ask('POST', '/users/logout', { provider: true, returnTo });
      tokens = null;
      if (answer.status === 200) go((await answer.json() as { logoutUrl: string }).logoutUrl);
    },
  };
}
