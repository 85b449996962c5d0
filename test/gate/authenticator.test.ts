import express from 'express';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { rawRequest } from '../gatehouse/raw-request.ts';
import { closeListeners, createGatedApp, listen } from './gated-app.ts';
import type { GatedAppOptions } from './gated-app.ts';

const urls = { simple: { '/': ['open'] }, auth: { '/': ['closed'] } };
const bearer = ['Authorization: Bearer ada'];

/** Serves an app behind the gate and counts what runs. */
async function serve(options: Partial<GatedAppOptions> = {}, open = true) {
  const ran: string[] = [];
  const gated = createGatedApp({
    urls, tokens: { ada: ['/closed'], bob: [] },
    host: (app) => {
      for (const path of ['/open', '/closed']) {
        app.get(path, (request, response) => {
          ran.push(`${request.method} ${path} ${request.access?.caller.userId ?? 'nobody'}`);
          response.end(path);
        });
      }
    },
    ...options,
  });
  if (open) gated.open();
  const { origin } = await listen(gated.app);
  const ask = async (line: string, headers: readonly string[] = []) => {
    const { status, text } = await rawRequest(origin, `${line} HTTP/1.1`, headers);
    return `${status} ${text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : text}`;
  };
  return { ...gated, origin, ran, ask };
}

describe('the authenticator', () => {
  afterEach(closeListeners);

  it('what the gate lets through, reaches its route with its caller', async () => {
    const server = await serve();
    expect([await server.ask('GET /open', bearer), await server.ask('GET /closed', bearer), await server.ask('HEAD /closed', bearer)])
      .toEqual(['200 /open', '200 /closed', '200 ']);
    expect(server.ran).toEqual(['GET /open nobody', 'GET /closed ada', 'HEAD /closed ada']);
  });

  it('what the gate refuses, runs nothing and is noted, with its path alone', async () => {
    const server = await serve();
    expect([
      await server.ask('GET /closed?secret=1'), await server.ask('GET /closed', ['Authorization: Bearer bob']),
      await server.ask('GET /closed', ['Authorization: Bearer eve']),
      await server.ask('POST /open'), await server.ask('GET /nowhere'), await server.ask('GET //open'), await server.ask('OPTIONS /closed'),
    ]).toEqual([
      '401 token-missing', '403 right-missing', '401 token-invalid', '405 method-not-allowed', '404 unknown-url', '400 target-not-plain',
      '204 ',
    ]);
    expect(server.ran).toEqual([]);
    expect(server.refused.map(({ code, caller, method, url, ip }) => [code, caller?.userId, method, url, ip])).toEqual([
      ['token-missing', undefined, 'GET', '/closed', '127.0.0.1'], ['right-missing', 'bob', 'GET', '/closed', '127.0.0.1'],
      ['token-invalid', undefined, 'GET', '/closed', '127.0.0.1'],
      ['method-not-allowed', undefined, 'POST', '/open', '127.0.0.1'], ['unknown-url', undefined, 'GET', '/nowhere', '127.0.0.1'],
      ['target-not-plain', undefined, 'GET', '//open', '127.0.0.1'],
    ]);
  });

  it('before init, answers 503 and notes no refusal', async () => {
    const server = await serve({}, false);
    expect([await server.ask('GET /open'), await server.ask('GET /nowhere')]).toEqual(['503 not-ready', '503 not-ready']);
    expect([server.ran, server.refused]).toEqual([[], []]);
  });

  it('prepare answering, ends there', async () => {
    const prepare: RequestHandler = (_request, response) => void response.status(204).end();
    const server = await serve({ prepare: ((...args: Parameters<RequestHandler>) => {
      prepare(...args);
      return true;
    }) as unknown as () => boolean });
    expect(await server.ask('GET /closed', bearer)).toBe('204 ');
    expect(server.ran).toEqual([]);
  });

  it('mounted below a path, decides about nothing and answers 500', async () => {
    const server = await serve({
      mountGate: false,
      host: (app, gate) => {
        app.use('/open', gate);
        app.get('/open/closed', (_request, response) => void response.end('ran'));
      },
    }, false);
    expect([await server.ask('GET /open/open'), await server.ask('GET /open/closed'), await server.ask('GET /open')])
      .toEqual(['500 route-mismatch', '500 route-mismatch', '500 route-mismatch']);
  });

  it('an app mounted in another one below a path, answers 500 for all', async () => {
    const inner = await serve();
    const outer = await listen(express().use('/api', inner.app));
    expect((await rawRequest(outer.origin, 'GET /api/open HTTP/1.1')).status).toBe(500);
    expect(inner.ran).toEqual([]);
  });

  it('failing in prepare, with an error handler that waves everything on, still runs nothing', async () => {
    const recover: ErrorRequestHandler = (_error, _request, _response, next) => next();
    const ran: string[] = [];
    const server = await serve({
      prepare: () => { throw new Error('down'); },
      host: (app) => {
        app.use(recover);
        app.get('/open', (_request, response) => void response.end(`${ran.push('open')}`));
        app.use('/files', (_request, response) => void response.end(`${ran.push('files')}`));
      },
    });
    expect([await server.ask('GET /open'), (await server.ask('GET /files/x')).slice(0, 3), ran]).toEqual(['500 route-mismatch', '404', []]);
  });
});
