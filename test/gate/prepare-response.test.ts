import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createResponsePreparer } from '../../src/gate/prepare-response.ts';

const listed = 'https://app.example.com';
const servers: Server[] = [];
afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve)))));

/** A server that answers 299 wherever nothing was answered before. */
async function serve(corsOrigins: readonly string[]) {
  const prepare = createResponsePreparer(corsOrigins, (_request, response) => void response.setHeader('X-Begun', 'yes'));
  const app = express().use((request, response) => { if (!prepare(request, response)) response.status(299).end(); });
  const server = createServer(app).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => void server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // an AddressInfo, because it listens on a port
  return async (method: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { method, headers: { ...headers, connection: 'close' } });
    return { status: response.status, origin: response.headers.get(
      'access-control-allow-origin',
    ), vary: response.headers.get('vary'), headers: response.headers };
  };
}
const preflight = { 'access-control-request-method': 'GET' };

describe('what every answer carries', () => {
  it('security headers, are on every answer, also on one that has begun', async () => {
    const ask = await serve([]);
    const { status, headers } = await ask('GET');
    expect([status, headers.get('x-begun'), headers.get('x-content-type-options')]).toEqual([299, 'yes', 'nosniff']);
  });

  it('a listed origin, is shared with, and its preflight is answered here', async () => {
    const ask = await serve([listed, 'https://other.example.com']);
    expect(await ask('GET', { origin: listed })).toMatchObject({ status: 299, origin: listed, vary: 'Origin' });
    const answer = await ask('OPTIONS', { origin: listed, ...preflight });
    expect([answer.status, answer.origin, answer.headers.get('access-control-max-age')]).toEqual([204, listed, '600']);
    expect((await ask('GET', { origin: listed })).headers.get('access-control-expose-headers'))
      .toBe('X-Request-Id,Retry-After,RateLimit,RateLimit-Policy,WWW-Authenticate,Allow,ETag');
  });

  it('another origin or none, is not shared with and is left to the gate', async () => {
    const ask = await serve([listed]);
    for (const headers of [
      { origin: 'https://evil.example.com', ...preflight }, { origin: `${listed}.evil.example.com`, ...preflight }, preflight,
    ]) {
      expect(await ask('OPTIONS', headers)).toMatchObject({ status: 299, origin: null, vary: 'Origin' });
    }
  });

  it('OPTIONS of a listed origin that is no preflight, is left to the gate', async () => {
    const ask = await serve([listed]);
    expect(await ask('OPTIONS', { origin: listed })).toMatchObject({ status: 299, origin: listed });
  });

  it('without listed origins, answers do not vary by origin', async () => {
    expect((await (await serve([]))('GET', { origin: listed }))).toMatchObject({ status: 299, origin: null, vary: null });
  });
});
