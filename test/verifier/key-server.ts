import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyPair } from '../tokens/forge.ts';

/** A server that publishes keys, as Gatehouse does, and counts how often it is asked. */
export interface KeyServer {
  readonly jwksUrl: string;
  /** How often it was asked so far. */
  readonly asked: () => number;
  publish(pairs: Readonly<Record<string, KeyPair>>): void;
  /** From now on it answers like this. */
  answerBy(answer: (response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export function jwkOf(kid: string, { publicKey }: KeyPair): Record<string, unknown> {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
}

export async function startKeyServer(pairs: Readonly<Record<string, KeyPair>>): Promise<KeyServer> {
  let asked = 0;
  let answer: (response: ServerResponse) => void;
  const server = createServer((_request, response) => {
    asked += 1;
    answer(response);
  });
  const publish: KeyServer['publish'] = (all) => {
    const body = JSON.stringify({ keys: Object.entries(all).map(([kid, pair]) => jwkOf(kid, pair)) });
    answer = (response) => void response.setHeader('Content-Type', 'application/json').end(body);
  };
  publish(pairs);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  server.unref(); // a test that fails before it closes the server must not keep the run from ending
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`,
    asked: () => asked,
    publish,
    answerBy: (other) => { answer = other; },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
