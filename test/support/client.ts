import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { documentationOf, expectDocumented } from './openapi-check.ts';
import type { Documentation } from './openapi-check.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON, else the text. */
  readonly body: unknown;
}

/** A caller of the API of one server over real HTTP; every answer is held against the server's /openapi.json. */
export interface Client {
  readonly token: string | null;
  /** Sends a request; with `expected`, throws unless the answer has that status. */
  send(method: string, path: string, options?: SendOptions): Promise<Answer>;
  get(path: string, expected?: number): Promise<Answer>;
  post(path: string, body?: unknown, expected?: number): Promise<Answer>;
  put(path: string, body?: unknown, expected?: number): Promise<Answer>;
  delete(path: string, expected?: number): Promise<Answer>;
  /** `tenant`: its name, by default as the server finds it. */
  logIn(email: string, password: string, tenant?: string): Promise<Client>;
  withToken(token: string): Client;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly expected?: number | undefined;
}

/** Makes a client. Those that come from it, by `logIn` and `withToken`, share its documentation. */
export function createClient(origin: string, token: string | null = null, documentation: Documentation = documentationOf(origin)): Client {
  async function send(method: string, path: string, { body, headers = {}, expected }: SendOptions = {}): Promise<Answer> {
    const ask = 'Host' in headers ? fetchAt : fetch;
    const response = await ask(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: { ...(token !== null && { Authorization: `Bearer ${token}` }), ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const answer: Answer = { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) as unknown : text };
    if (expected !== undefined && answer.status !== expected) throw new Error(`${method} ${path} answered ${answer.status}, not ${expected}: ${text}`);
    await expectDocumented(documentation, method, path, answer);
    return answer;
  }

  return {
    token,
    send,
    get: (path, expected) => send('GET', path, { expected }),
    post: (path, body, expected) => send('POST', path, { body, expected }),
    put: (path, body, expected) => send('PUT', path, { body, expected }),
    delete: (path, expected) => send('DELETE', path, { expected }),
    async logIn(email, password, tenant) {
      const { body } = await send('POST', '/users/login', { body: { email, password, tenant }, expected: 200 });
      return createClient(origin, (body as { access_token: string }).access_token, documentation);
    },
    withToken: (other) => createClient(origin, other, documentation),
  };
}

interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** The same as fetch, which sends no Host header but its own. */
function fetchAt(url: string, { method, headers, body }: Sent): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (answer) => {
      const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) => values.map((value): [string, string] => [name, value]));
      buffer(answer).then((content) => { resolve(new Response(content.length > 0 ? content : null, { status: answer.statusCode ?? 0, headers: pairs })); }, reject);
    });
    sent.on('error', reject).end(body);
  });
}
