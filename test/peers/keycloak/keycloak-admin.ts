import { adminClient } from '../../../scripts/keycloak/keycloak-command.ts';

/** Calls Keycloak's administration as the client that may do everything. */
export interface KeycloakAdmin {
  /** Sends JSON to a path below /admin/realms. Throws for a status of error, with what Keycloak says. */
  send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<KeycloakAnswer>;
}

export interface KeycloakAnswer {
  /** What Keycloak answered as JSON; undefined if nothing. */
  readonly body: unknown;
  /** The id at the end of the `Location` header; '' if there is none. */
  readonly createdId: string;
}

/** Its tokens are valid for 60 s; this is how long one is used, in ms. */
const tokenUse = 40_000;

export function createKeycloakAdmin(url: string): KeycloakAdmin {
  let known: { readonly token: Promise<string>; readonly until: number } | undefined;

  async function fetchToken(): Promise<string> {
    const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: adminClient.id, client_secret: adminClient.secret }),
    });
    if (!response.ok) throw new Error(`Keycloak gave no token (${response.status}): ${await response.text()}`);
    const { access_token: token } = await response.json() as { readonly access_token: string }; // RFC 6749, 5.1
    return token;
  }

  return {
    async send(method, path, body) {
      if (!known || known.until < Date.now()) known = { token: fetchToken(), until: Date.now() + tokenUse };
      const response = await fetch(`${url}/admin/realms${path}`, {
        method,
        headers: { authorization: `Bearer ${await known.token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer = await response.text();
      if (!response.ok) throw new Error(`Keycloak answered ${response.status} to ${method} ${path}: ${answer}`);
      const createdId = response.headers.get('location')?.split('/').at(-1) ?? '';
      return { body: answer === '' ? undefined : JSON.parse(answer) as unknown, createdId };
    },
  };
}
