import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { allowInsecureRequests, customFetch, discovery, None } from 'openid-client';
import { closeLater } from '../../../scripts/test-run/closing.ts';
import { AppError } from '../../../src/errors/errors.ts';
import type { OutboundNetwork } from '../../../src/platform/outbound/outbound-networks.ts';
import { createOutbound, isOutboundError, outboundLimits } from '../../../src/platform/outbound/guarded-fetch.ts';
import type { OutboundDeps } from '../../../src/platform/outbound/guarded-fetch.ts';
import { startCanary } from './canary.ts';

const listed: readonly OutboundNetwork[] = [{ purpose: 'sign-on', network: '127.0.0.1/32' }];
const big = Buffer.alloc(2 * 1_048_576, 'x');

const canary = await startCanary('127.0.0.1', 0, (request, response) => {
  const { url = '' } = request;
  if (url.startsWith('/redirect')) response.writeHead(302, { Location: `http://127.0.0.1:${canary.port}/elsewhere` }).end();
  else if (url === '/big') response.end(big);
  else if (url === '/packed') response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(big));
  else if (url === '/drips') setInterval(() => void response.write('x'), 20).unref();
  else if (url === '/empty') response.writeHead(204).end();
  else if (url === '/.well-known/openid-configuration') {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ issuer: `http://127.0.0.1:${canary.port}` }));
  } else if (url !== '/silent') response.setHeader('X-Seen', request.method ?? '').end(`connection: ${request.headers.connection ?? ''}`);
});
const onIpv6 = await startCanary('::1', canary.port).catch(() => ({ connections: () => 0 }));
const origin = `http://127.0.0.1:${canary.port}`;

function outboundOf(deps: Partial<OutboundDeps> = {}) {
  const outbound = createOutbound({ purpose: 'sign-on', networks: [], production: false, ...deps });
  closeLater(outbound.close);
  return outbound;
}
const outcomeOf = (work: Promise<Response>) => work.then(({ status }) => status, (error: unknown) => {
  if (error instanceof AppError) return error.code;
  return isOutboundError(error) ? error.reason : String(error);
});

/** Each leads to this machine or to a private network, written as a URL may write it. */
const spellings = [
  '127.0.0.1', '127.1', '127.0.1', '127.0.0.1.', '127.000.000.001', '0177.0.0.1', '0177.1', '017700000001', '0x7f.0.0.1', '0x7f.1',
  '0x7f000001', '0X7F000001', '2130706433', '127.0.0.0x1', '127.0x1', '%31%32%37.0.0.1', '127%2e0%2e0%2e1', '127。0。0。1', '127．0．0．1',
  '１２７.0.0.1', '①②⑦.⓪.⓪.①', '127.0.0.2', '127.255.255.255', '0', '0.0.0.0', '0x0', '00000000', '[::]', '[::1]', '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]', '[::127.0.0.1]', '[::ffff:127.0.0.1]', '[::FFFF:7F00:1]', '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::ffff:0.0.0.0]', '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001::7f00:1]', '[fe80::1]',
  '[fd00::1]', '[ff02::1]', 'localhost', 'LOCALHOST', 'localhost.', 'ｌocalhost', '10.1', '169.254.169.254', '2852039166', '192.168.1',
];

describe('createOutbound', () => {
  it('private addresses in 50 spellings, over https and http, reach no canary', async () => {
    expect(await outcomeOf(outboundOf().fetch(`https://localhost:${canary.port}/`))).toBe('address-not-allowed');
    const guarded = outboundOf({ resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
    expect(spellings.length).toBeGreaterThanOrEqual(50);
    const before = canary.connections();
    for (const spelling of spellings) for (const scheme of ['https', 'http']) {
      const outcome = await outcomeOf(guarded.fetch(`${scheme}://${spelling}:${canary.port}/`));
      expect([spelling, outcome]).toEqual([spelling, 'address-not-allowed']);
    }
    expect([canary.connections() - before, onIpv6.connections()]).toEqual([0, 0]);
  });

  it('listed network, reaches the canary: over http outside production alone', async () => {
    const before = canary.connections();
    expect(await outcomeOf(outboundOf({ networks: listed }).fetch(origin))).toBe(200);
    expect(canary.connections() - before).toBe(1);
    const inProduction = outboundOf({ networks: listed, production: true });
    expect(await outcomeOf(inProduction.fetch(origin))).toBe('address-not-allowed');
    expect(await outcomeOf(outboundOf({ networks: listed, purpose: 'forwarding' }).fetch(origin))).toBe('address-not-allowed');
    expect(canary.connections() - before).toBe(1);
    expect(await outcomeOf(inProduction.fetch(`https://127.0.0.1:${canary.port}`))).toBe('unreachable'); // the canary speaks no TLS
    expect(canary.connections() - before).toBe(2);
  });

  it('public address over http, and other schemes and user names, refused', async () => {
    const guarded = outboundOf({ networks: listed });
    for (const url of ['http://1.1.1.1/', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'data:,x', `http://ann:secret@127.0.0.1:${canary.port}/`]) {
      expect([url, await outcomeOf(guarded.fetch(url))]).toEqual([url, 'address-not-allowed']);
    }
  });

  it('name that leads elsewhere at the second look, is resolved once and reaches the checked address', async () => {
    let resolved = 0;
    const resolve = () => Promise.resolve([{ address: (resolved += 1) === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
    const before = canary.connections();
    const guarded = outboundOf({ networks: listed, resolve });
    expect(await outcomeOf(guarded.fetch(`http://rebinding.example:${canary.port}/`))).toBe(200);
    expect([resolved, canary.connections() - before]).toEqual([1, 1]);
    expect(await outcomeOf(guarded.fetch(`http://rebinding.example:${canary.port}/`))).toBe('address-not-allowed');
    expect([resolved, canary.connections() - before]).toEqual([2, 1]);
  });

  it('redirect, even within a listed network, is not followed', async () => {
    const before = canary.connections();
    expect(await outcomeOf(outboundOf({ networks: listed }).fetch(`${origin}/redirect`))).toBe('redirect');
    expect(canary.connections() - before).toBe(1);
  });

  it.each(['/big', '/packed'])('answer %s of 2 MB, is given up at 1 MB', async (path) => {
    expect(await outcomeOf(outboundOf({ networks: listed }).fetch(origin + path))).toBe('too-large');
    expect(outboundLimits).toEqual({ timeout: 5_000, maxBytes: 1_048_576 });
  });

  it.each(['/silent', '/drips'])('answer %s without an end, is given up after the time for the whole request', async (path) => {
    expect(await outcomeOf(outboundOf({ networks: listed, timeout: 150 }).fetch(origin + path))).toBe('timeout');
  });

  it('name whose resolver is silent, and TLS that is silent, are given up as well', async () => {
    const never = outboundOf({ resolve: () => new Promise(() => undefined), timeout: 150 });
    expect(await outcomeOf(never.fetch('https://silent.example/'))).toBe('timeout');
    const silent = createServer();
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo; // a listening TCP server
    expect(await outcomeOf(outboundOf({ networks: listed, timeout: 150 }).fetch(`https://127.0.0.1:${port}/`))).toBe('timeout');
    silent.close();
  });

  it('caller that aborts, gets the reason of the caller', async () => {
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(outboundOf({ networks: listed }).fetch(origin, { signal: stop })).rejects.toThrow('stopped');
  });

  it('allowed request, brings method, headers and body there and the whole answer back, over no kept connection', async () => {
    const { fetch } = outboundOf({ networks: listed });
    const answer = await fetch(origin, { method: 'POST', headers: { accept: 'text/plain' }, body: new URLSearchParams({ a: 'b' }) });
    expect(answer).toBeInstanceOf(Response);
    expect([answer.headers.get('x-seen'), await answer.text()]).toEqual(['POST', 'connection: close']);
    expect((await fetch(`${origin}/empty`)).status).toBe(204);
  });

  it('openid-client with it as customFetch, discovers a listed issuer and no other', async () => {
    const discover = (networks: readonly OutboundNetwork[]) => discovery(new URL(origin), 'client', undefined, None(), {
      execute: [allowInsecureRequests], // eslint-disable-line @typescript-eslint/no-deprecated -- the issuer of this test speaks no TLS
      [customFetch]: outboundOf({ networks }).fetch,
    });
    expect((await discover(listed)).serverMetadata().issuer).toBe(origin);
    await expect(discover([])).rejects.toMatchObject({ cause: { code: 'address-not-allowed' } });
  });
});
