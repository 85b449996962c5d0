import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { secureResponse } from '../../../src/http/response/secure-response.ts';

/** The headers of an answer that a handler sends after `secureResponse`; `before` runs ahead of it. */
async function headersOf(handle: (response: ServerResponse) => void, before?: (response: ServerResponse) => void): Promise<Headers> {
  const server = createServer((_request, response) => {
    before?.(response);
    secureResponse(response);
    handle(response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  try {
    return (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).headers; // what a server on a port has
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const policyOf = (headers: Headers) => headers.get('content-security-policy') ?? '';
const closed = "default-src 'none';frame-ancestors 'none'";
const isFull = (headers: Headers) => headers.get('x-frame-options') === 'SAMEORIGIN' && policyOf(headers).startsWith("default-src 'self';");

describe('secureResponse', () => {
  it('JSON, gets five headers, and no other of helmet', async () => {
    const headers = await headersOf((response) => response.setHeader('Content-Type', 'application/json').end('{}'));
    const ofNode = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'];
    expect([...headers.keys()].filter((name) => !ofNode.includes(name))).toEqual([
      'cache-control', 'content-security-policy', 'cross-origin-resource-policy', 'strict-transport-security', 'x-content-type-options',
    ]); // and X-Request-Id, which beginRequest sets
    expect(policyOf(headers)).toBe(closed);
  });

  it.each([
    ['problems', 'application/problem+json'], ['JSON with a charset', 'application/json; charset=utf-8'],
  ])('%s, counts as JSON', async (_what, type) => {
    expect(policyOf(await headersOf((response) => response.setHeader('Content-Type', type).end('{}')))).toBe(closed);
  });

  it.each([
    'text/html', 'image/svg+xml', 'text/javascript', 'application/xhtml+xml', 'text/plain', 'application/jsonx',
    'text/html; a=application/json',
  ])('%s, gets all headers of helmet', async (type) => {
    expect(isFull(await headersOf((response) => response.setHeader('Content-Type', type).end('x')))).toBe(true);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['an object', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('x')],
    ['an object behind a text', (response) => response.writeHead(200, 'Fine', { 'Content-Type': 'text/html' }).end('x')],
    ['a flat list', (response) => response.writeHead(200, ['X-A', '1', 'Content-Type', 'text/html']).end('x')],
  ])('a type that writeHead gets as %s, counts', async (_what, handle) => {
    expect(isFull(await headersOf(handle))).toBe(true);
  });

  it('a document that is not modified, gets all headers: they replace those that the browser stored', async () => {
    expect(isFull(await headersOf((response) => response.writeHead(304).end()))).toBe(true);
  });

  it('an answer without content, gets those of JSON', async () => {
    expect(policyOf(await headersOf((response) => response.writeHead(204).end()))).toBe(closed);
  });

  it('headers that a handler sets, are kept', async () => {
    const headers = await headersOf((response) => {
      response.setHeader('Content-Security-Policy', "default-src 'self' cdn.example.com").setHeader('X-Frame-Options', 'DENY');
      response.setHeader('Content-Type', 'text/html').end('x');
    });
    expect([policyOf(headers), headers.get('x-frame-options')]).toEqual(["default-src 'self' cdn.example.com", 'DENY']);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('a middleware that replaced writeHead before it, is still called', async () => {
    const headers = await headersOf((response) => response.setHeader('Content-Type', 'text/html').end('x'), (response) => {
      const inner = response.writeHead.bind(response);
      response.writeHead = ((status: number) => {
        response.setHeader('X-Early', String(response.getHeader('x-frame-options')));
        return inner(status);
      }); // an overload
    });
    expect(headers.get('x-early')).toBe('SAMEORIGIN');
    expect(isFull(headers)).toBe(true);
  });
});
