import express from 'express';
import fc from 'fast-check';
import { readIpAddress } from '../../../src/engine/ip-address.ts';
import { compileIp } from '../../../src/engine/policies/condition.ip.ts';
import { clientIp, sourceOf } from '../../../src/http/request/client-ip.ts';
import { serve } from '../route/serve.ts';
import type { TestServer } from '../route/serve.ts';

const address = fc.oneof(fc.ipV4(), fc.ipV6());
const port = fc.integer({ min: 0, max: 65_535 });

describe('clientIp, of a request through a proxy', () => {
  let server: TestServer;
  let trusted: unknown = ['loopback', '10.0.0.0/8'];
  beforeAll(async () => {
    const app = express();
    app.use((request, response) => {
      app.set('trust proxy', trusted);
      response.json(clientIp(request));
    });
    server = await serve(app);
  });
  afterAll(() => server.close());
  const told = async (forwarded: string) => (await server.call('GET', '/', { headers: { 'X-Forwarded-For': forwarded } })).json;

  it('an address with a port or brackets, is the address alone', async () => {
    for (const [written, read] of [
      ['203.0.113.9', '203.0.113.9'], ['203.0.113.9:4711', '203.0.113.9'], ['[2001:db8::9]:4711', '2001:db8::9'],
      ['[2001:db8::9]', '2001:db8::9'],
      ['2001:DB8:0:0::9', '2001:db8::9'], ['fe80::9%eth0', 'fe80::9'], ['::ffff:203.0.113.9', '203.0.113.9'],
      ['[::FFFF:cb00:7109]:80', '203.0.113.9'],
    ] as const) expect([written, await told(written)]).toEqual([written, read]);
  });

  it('what is no address, counts as the peer and not as a source of its own', async () => {
    for (const written of [
      'unknown', '_hidden', '203.0.113.9:', '203.0.113.9:x', '203.0.113.9:123456', '203.0.113', '203.0.113.09', '[203.0.113.9]',
      '[2001:db8::9', '2001:db8::9]:80', '"203.0.113.9"', 'a, 10.1.2.3', ',', '',
    ]) {
      expect([written, await told(written)]).toEqual([written, '127.0.0.1']);
    }
  });

  it('of several proxies, ports do not hide which are trusted', async () => {
    expect(await told('198.51.100.1, 203.0.113.9:4711, 10.1.2.3:443, [::ffff:10.0.0.1]:80')).toBe('203.0.113.9');
    expect(await told('10.9.9.9:1, 10.1.2.3:443')).toBe('10.9.9.9');
  });

  it('a number of trusted proxies, is counted from the server on', async () => {
    for (const [count, read] of [[0, '127.0.0.1'], [1, '10.1.2.3'], [2, '203.0.113.9'], [9, '198.51.100.1']] as const) {
      trusted = count;
      expect(await told('198.51.100.1:1, 203.0.113.9:2, 10.1.2.3:3')).toBe(read);
    }
    trusted = false;
    expect(await told('203.0.113.9')).toBe('127.0.0.1');
  });
});

describe('readIpAddress', () => {
  it('an address with any port, is one source and in the same ranges', () => {
    fc.assert(fc.property(address, port, port, (ip, first, second) => {
      const write = (at: number) => (ip.includes(':') ? `[${ip}]:${at}` : `${ip}:${at}`);
      const read = readIpAddress(ip);
      expect([write(first), write(second)].map(readIpAddress)).toEqual([read, read]);
      expect(sourceOf(read)).toBe(sourceOf(readIpAddress(read ?? '')));
      expect(compileIp([ip])({ now: 0, ip: write(first) }, {})).toBe('yes');
    }));
  });
});
