/** One request of a load; a GET unless it says something else. */
export interface LoadRequest {
  readonly method?: 'GET' | 'POST';
  /** The whole address. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The header of requests that a token allows. */
export function bearer(token: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** A POST request with a body of JSON. */
export function jsonRequest(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): LoadRequest {
  return { method: 'POST', url, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Sends a request and resolves with the answer's text; rejects unless the status is 2xx. */
export async function send({ url, ...request }: Omit<LoadRequest, 'method'> & { readonly method?: string }): Promise<string> {
  const response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${request.method ?? 'GET'} ${url} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

/** Sends JSON, with a token if there is one, and reads a JSON object; rejects unless the status is 2xx. */
export async function call(method: 'POST' | 'PUT', url: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
  const text = await send({ ...jsonRequest(url, body, token === undefined ? {} : bearer(token)), method });
  return (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>; // every answer that is read here is an object
}
