import type { Answer, Client } from './client/client.ts';

/** A client of Gatehouse, as it was shown when it was made. */
export interface ServiceClient {
  readonly clientId: string;
  readonly secret: string;
}

/** Creates a client with these roles, on behalf of a caller who may. */
export async function newServiceClient(
  by: Client, roles: readonly string[] = [], query: `?tenant=${string}` | '' = '',
): Promise<ServiceClient> {
  const { body } = await by.post(`/clients/create${query}`, { name: 'robot', roles }, 201);
  return body;
}

/** The Authorization header of a client (RFC 6749 section 2.3.1). */
export function basicOf({ clientId, secret }: ServiceClient): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64')}` };
}

/** Posts a form; `Authorization` and the like by `headers`. */
export function postForm(
  by: Client, url: string, form: Record<string, string> | string, headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return by.send('POST', url, { body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } });
}

/** A caller with an access token of a client. */
export async function asService(by: Client, client: ServiceClient): Promise<Client> {
  const { status, body } = await postForm(by, '/oauth/token', { grant_type: 'client_credentials' }, basicOf(client));
  if (status !== 200) throw new Error(`/oauth/token answered ${status}: ${JSON.stringify(body)}`);
  return by.withToken((body as { access_token: string }).access_token);
}
