import { Agent } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import type { Response } from 'supertest';
import type { AnswerAt, SentAt } from './routes.ts';
import { documentationOf, expectDocumented } from './openapi-check.ts';
import type { DescribedAnswer, Documentation } from './openapi-check.ts';

export interface Answer<Body = unknown> extends DescribedAnswer {
  /** Parsed if it is JSON, else the text. */
  readonly body: Body;
}

/**
 * A caller of the API of one server over real HTTP; every answer is held against the server's /openapi.json.
 *
 * With `expected`, a call throws unless the answer has that status. The types of the body that is sent and of the answer
 * are then those of the route; without it, anything may be sent and the answer is unknown.
 */
export interface Client {
  readonly token: string | null;
  send<M extends string, P extends string, S extends number = number>(
    method: M, path: P, options?: SendOptions<SentAt<M, P, S>, S>,
  ): Promise<Answer<AnswerAt<M, P, S>>>;
  get<P extends string, S extends number = number>(path: P, expected?: S): Promise<Answer<AnswerAt<'GET', P, S>>>;
  post<P extends string, S extends number = number>(
    path: P, body?: SentAt<'POST', P, S>, expected?: S,
  ): Promise<Answer<AnswerAt<'POST', P, S>>>;
  put<P extends string, S extends number = number>(
    path: P, body?: SentAt<'PUT', P, S>, expected?: S,
  ): Promise<Answer<AnswerAt<'PUT', P, S>>>;
  delete<P extends string, S extends number = number>(path: P, expected?: S): Promise<Answer<AnswerAt<'DELETE', P, S>>>;
  /** `tenant`: its name, by default as the server finds it. */
  logIn(email: string, password: string, tenant?: string): Promise<Client>;
  withToken(token: string): Client;
}

export interface SendOptions<Body = unknown, Status extends number = number> {
  /** A text is sent as it is, everything else as JSON. */
  readonly body?: Body | string;
  readonly headers?: Record<string, string>;
  readonly expected?: Status | undefined;
}

/** Creates a client. Those that come from it, by `logIn` and `withToken`, share its documentation. */
export function createClient(origin: string, token: string | null = null, documentation: Documentation = documentationOf(origin)): Client {
  async function send(method: string, path: string, { body, headers = {}, expected }: SendOptions = {}): Promise<Answer> {
    const answer = await exchange(origin, method, path, {
      ...(token !== null && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    }, body);
    if (expected !== undefined && answer.status !== expected) {
      throw new Error(`${method} ${path} answered ${answer.status}, not ${expected}: ${JSON.stringify(answer.body)}`);
    }
    await expectDocumented(documentation, method, path, answer);
    return answer;
  }

  /** The same with the types of the route: its documentation, which the answer was held against, is made of the same definition. */
  const typed = send as <Body>(method: string, path: string, options?: SendOptions) => Promise<Answer<Body>>;

  return {
    token,
    send: (method, path, options) => typed(method, path, options as SendOptions), // what may be sent was checked where it was called
    get: (path, expected) => typed('GET', path, { expected }),
    post: (path, body, expected) => typed('POST', path, { body, expected }),
    put: (path, body, expected) => typed('PUT', path, { body, expected }),
    delete: (path, expected) => typed('DELETE', path, { expected }),
    async logIn(email, password, tenant) {
      const sent = { body: { email, password, tenant }, expected: 200 };
      const { body } = await typed<AnswerAt<'POST', '/users/login', 200>>('POST', '/users/login', sent);
      return createClient(origin, body.access_token, documentation);
    },
    withToken: (other) => createClient(origin, other, documentation),
  };
}

/** Keeps connections, as applications do. */
const kept = new Agent({ keepAlive: true });

/** One request and its whole answer, whatever its status. */
async function exchange(
  origin: string, method: string, path: string, headers: Readonly<Record<string, string>>, body: unknown,
): Promise<Answer> {
  const call = new request.Test(origin, method, path).agent(kept).redirects(0).buffer(true).parse(readText).set(headers);
  const answer = await call.send(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  const content = answer.body as string; // what readText passes on
  const received = new Headers(Object.entries(answer.headers as IncomingHttpHeaders) // as http.IncomingMessage has them
    .flatMap(([name, value = []]) => [value].flat().map((each): [string, string] => [name, each])));
  const isJson = /\bjson\b/.test(received.get('content-type') ?? '');
  return { status: answer.status, headers: received, body: isJson && content !== '' ? JSON.parse(content) as unknown : content };
}

function readText(response: Response, done: (error: Error | null, body: string) => void): void {
  // superagent hands the stream over under the type of its own answers
  void text(response as unknown as Readable).then((body) => { done(null, body); return body; }, (error: unknown) => {
    done(error instanceof Error ? error : new Error(String(error)), '');
    return '';
  });
}
