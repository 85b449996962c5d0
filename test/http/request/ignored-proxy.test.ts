import type { Request } from 'express';
import { createIgnoredProxyNote } from '../../../src/http/request/ignored-proxy.ts';

/** Only what is looked at. */
function requestFrom(remoteAddress: string, forwarded: string | undefined, trusted: readonly string[] = []): Request {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress }, app: { get: () => (address: string) => trusted.includes(address) } } as unknown as Request;
}

function tellings(requests: readonly Request[]): string[] {
  const told: string[] = [];
  const note = createIgnoredProxyNote((address) => told.push(address));
  requests.forEach(note);
  return told;
}

const many = <T>(make: (index: number) => T, count = 60): T[] => Array.from({ length: count }, (_, index) => make(index));

describe('X-Forwarded-For that is ignored', () => {
  it('all clients come from one untrusted address, it is logged once', () => {
    expect(tellings(many((index) => requestFrom('::ffff:10.0.0.7', `203.0.113.${index}`)))).toEqual(['10.0.0.7']);
    expect(tellings(many((index) => requestFrom('10.0.0.7', index % 2 === 0 ? `203.0.113.${index}, 10.0.0.3` : undefined))))
      .toEqual(['10.0.0.7']);
  });

  it.each([
    ['the proxy is trusted', many((index) => requestFrom('10.0.0.7', `203.0.113.${index}`, ['10.0.0.7']))],
    ['they come from several addresses', many((index) => requestFrom(`10.0.0.${index % 3}`, `203.0.113.${index}`))],
    ['they are one client', many(() => requestFrom('10.0.0.7', '203.0.113.1'))],
    ['nobody sends the header', many((index) => requestFrom(`10.0.0.${index}`, undefined))],
    ['there are few', many((index) => requestFrom('10.0.0.7', `203.0.113.${index}`), 19)],
  ])('%s, it is not told', (_situation, requests) => {
    expect(tellings(requests)).toEqual([]);
  });
});
