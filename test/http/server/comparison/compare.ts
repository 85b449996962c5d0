import { once } from 'node:events';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer as createNodeServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createNodeTlsServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { createServer } from '../../../../src/http/server/create-server.ts';
import type { BuildScenario, MakeServer, Scenario } from './scenario.ts';

/** How both servers answered one request. */
export interface Difference {
  readonly scenario: string;
  readonly request: string;
  readonly plain: string;
  readonly fast: string;
}

export interface Comparison {
  readonly answers: number;
  /** Requests that got no byte from either server. */
  readonly empty: number;
  readonly differences: readonly Difference[];
}

/** How long a connection that stays open may be silent before its answer counts as complete, in ms. */
const silence = 200;

/** The same limits as those of `createServer`. Only the requests and responses differ. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 };
const plain: MakeServer = (app, tls) => (tls ? createNodeTlsServer({ ...limits, ...tls }, app) : createNodeServer(limits, app));
const fast: MakeServer = (app, tls) => createServer(app, { ...(tls && { tls }) });

/** Server and client share a key, so no certificate is needed. */
const sharedKey = Buffer.from('a key that only this test uses ..');
const cipher = { ciphers: 'PSK-AES256-GCM-SHA384', maxVersion: 'TLSv1.2' } as const;
const tlsOfServer = { ...cipher, pskCallback: () => sharedKey };
const tlsOfClient = { ...cipher, pskCallback: () => ({ psk: sharedKey, identity: 'test' }), checkServerIdentity: () => undefined };

/** Sends the requests of each scenario to Node's own server and to that of Gatehouse, and compares the answers byte by byte. */
export async function compareServers(scenarios: Readonly<Record<string, BuildScenario>>): Promise<Comparison> {
  const folder = await createFolder();
  const differences: Difference[] = [];
  let [answers, empty] = [0, 0];
  for (const [scenario, build] of Object.entries(scenarios)) {
    const expected = await answersOf(await build({ folder, tls: tlsOfServer, make: plain }));
    const got = await answersOf(await build({ folder, tls: tlsOfServer, make: fast }));
    for (const [index, { request, answer }] of expected.entries()) {
      const other = got[index]?.answer ?? 'no answer';
      answers += 1;
      if (answer === '' && other === '') empty += 1;
      if (answer !== other) differences.push({ scenario, request, plain: answer, fast: other });
    }
  }
  await rm(folder, { recursive: true });
  return { answers, empty, differences };
}

/** Creates the folder of files that the apps serve. Their times are fixed, because answers contain them. */
async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-comparison-'));
  for (const [name, text] of Object.entries({ 'a.txt': 'some text', 'index.html': '<p>start</p>' })) {
    await writeFile(join(folder, name), text);
    await utimes(join(folder, name), 1e9, 1e9);
  }
  return folder;
}

async function answersOf({ server, also, requests, isTls = false, end }: Scenario): Promise<{ request: string; answer: string }[]> {
  const answers = [];
  const servers = also ? [server, also] : [server];
  for (const each of servers) {
    const port = await listen(each);
    for (const request of requests) answers.push({ request, answer: withoutChance(await exchange(port, request, isTls)) });
  }
  for (const each of servers) {
    each.closeAllConnections();
    each.close();
  }
  await end?.();
  return answers;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // what a server on a port has
}

/** Resolves with all that the server sends until it closes the connection or is silent. */
function exchange(port: number, request: string, isTls: boolean): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let timer: NodeJS.Timeout | undefined;
    const socket: Socket = isTls ? connectTls({ port, host: '127.0.0.1', ...tlsOfClient }) : connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), silence);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => parts.push(Buffer.from(`<${error.code ?? error.message}>`)));
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString('latin1'));
    });
    socket.setTimeout(3_000, () => socket.destroy());
    socket.write(request);
  });
}

/** Removes what differs between any two answers of one server: times, ports and random values. */
function withoutChance(answer: string): string {
  return answer
    .replace(/\r\nDate: [^\r]*/gi, '').replace(/Expires=[^;\r]*/g, 'Expires=').replace(/127\.0\.0\.1:\d+/g, 'host')
    .replace(/X-Response-Time: [^\r]*/gi, 'X-Response-Time');
}
