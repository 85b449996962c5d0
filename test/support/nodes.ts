import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Processes, Running } from './processes.ts';

/** The superadmin of every node that is started here. */
export const credentials = { email: 'root@example.com', password: 'a long enough password' };

/** Settings that nodes of one database share. */
export function nodeSettings(uri: string): Record<string, string> {
  const secret = () => randomBytes(32).toString('base64');
  return {
    MONGODB_URI: uri, KEY_ENCRYPTION_KEY: secret(), PASSWORD_PEPPER: secret(), PASSWORD_COST: '4', PORT: '0', LOG_LEVEL: 'silent',
    DATABASE_SILENCE: '20000',
    SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password,
  };
}

/** A server as `npm start` runs it. */
export interface NodeProcess extends Running {
  readonly origin: string;
}

/** Starts a server and waits until it serves. */
export async function startNode(
  processes: Processes, env: Readonly<Record<string, string>>, ...args: readonly string[]
): Promise<NodeProcess> {
  const running = processes.start('src/cli/cli.ts', ['start', ...args], { env });
  const [, origin = ''] = await running.until(
    /listens on (\S+)\n[^]*seeding .*\n/, 90_000,
  ); // several processes start one after the other, beside others that work
  return { ...running, origin };
}

export interface Sent {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  /** By default a connection of its own, closed by the answer. */
  readonly agent?: Agent;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Sends one request and reads its whole answer; rejects with what happened to the connection. */
export async function send(origin: string, path: string, sent: Sent = {}): Promise<Got> {
  const { call, answer } = open(origin, path, sent);
  call.end(sent.body === undefined ? undefined : JSON.stringify(sent.body));
  return answer;
}

/** A request of which the server has all but the last byte of its body. */
export interface SlowRequest {
  finish(): Promise<Got>;
}

/** Sends all but the last byte; whether the server has taken it yet is not known. */
export function sendSlowly(origin: string, path: string, sent: Sent & { readonly body: unknown }): SlowRequest {
  return beginSlowly(origin, path, sent).slow;
}

/** The same, and resolves once the server has taken the head; rejects with what happened to the connection before. */
export async function untilTaken(origin: string, path: string, sent: Sent & { readonly body: unknown }): Promise<SlowRequest> {
  // A server says "100 Continue" to this header as soon as it has the head.
  const { call, slow, answer } = beginSlowly(origin, path, { ...sent, headers: { ...sent.headers, Expect: '100-continue' } });
  await Promise.race([once(call, 'continue'), answer]);
  return slow;
}

function beginSlowly(origin: string, path: string, sent: Sent & { readonly body: unknown }) {
  const body = JSON.stringify(sent.body);
  const { call, answer } = open(origin, path, { ...sent, headers: { ...sent.headers, 'Content-Length': String(Buffer.byteLength(body)) } });
  answer.catch(() => undefined); // the code that finishes the request gets the error
  call.write(body.slice(0, -1));
  const slow: SlowRequest = {
    finish() {
      call.end(body.slice(-1));
      return answer;
    },
  };
  return { call, answer, slow };
}

function open(
  origin: string, path: string, { method, token, body, agent, headers }: Sent,
): { readonly call: ClientRequest; readonly answer: Promise<Got> } {
  const call = request(`${origin}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'), agent: agent ?? false,
    headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...(body !== undefined && {
      'Content-Type': 'application/json',
    }), ...headers },
  });
  const answer = new Promise<Got>((resolve, reject) => {
    call.on('error', reject).on('response', (response) => {
      text(response).then((content) => resolve(
        { status: response.statusCode ?? 0, headers: response.headers, body: content === '' ? undefined : JSON.parse(content) as unknown },
      ), reject);
    });
  });
  return { call, answer };
}

/** Logs the superadmin in and answers the access token. */
export async function logIn(origin: string): Promise<string> {
  const { status, body } = await send(origin, '/users/login', { body: credentials });
  if (status !== 200) throw new Error(`A login was answered ${status}: ${JSON.stringify(body)}`);
  return (body as { access_token: string }).access_token;
}

/** An agent that keeps each connection, so that the next request takes it again. */
export function keepAlive(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Infinity });
}
