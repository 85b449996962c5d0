import type { Caller } from '../../src/engine/caller.ts';
import { createRoutePasses } from '../../src/gate/route-pass.ts';
import type { RoutePasses, RoutedRequest } from '../../src/gate/route-pass.ts';
import type { Endpoint } from '../../src/engine/urls/url-registry.ts';
import { registryOf } from '../engine/registries.ts';

const registry = registryOf({
  simple: { '/': ['a', 'u/:id', 'files/*path'] },
  auth: { '/': [{ name: 'out', external: true }, 'private/*path'] },
});
// Only its identity counts here.
const caller = { userId: 'u1' } as unknown as Caller;

interface Changeable {
  method: string;
  url: string;
  baseUrl: string;
}

function granted(book: RoutePasses, method: string, url: string, by: Caller | null = null): Changeable {
  const request: Changeable = { method, url, baseUrl: '' };
  book.leave(request, endpointOf(method, url), by);
  return request;
}

function endpointOf(method: string, url: string): Endpoint {
  const lookup = registry.lookUp(method, url.split('?', 1)[0] ?? '');
  if (lookup.kind !== 'found') throw new Error(`${url} is not registered`);
  return lookup.endpoint;
}

describe('the route passes', () => {
  let book: RoutePasses;
  beforeEach(() => {
    book = createRoutePasses();
  });
  const mismatch = (request: RoutedRequest, method: string, ...urls: string[]) => expect(() => book.take(request, method, ...urls)).toThrow(
    'reached another route',
  );

  it('take, the granted route, answers the caller, and null where nobody asked', () => {
    expect(book.take(granted(book, 'GET', '/a', caller), 'GET', '/a')).toBe(caller);
    expect(book.take(granted(book, 'POST', '/u/7'), 'POST', '/u/:id')).toBeNull();
  });

  it('take, any spelling of the pattern and any of several, finds it', () => {
    expect(book.take(granted(book, 'GET', '/u/7', caller), 'GET', '/b', '/U/:other/')).toBe(caller);
    expect(book.take(granted(book, 'GET', '/files/a/b?x=1', caller), 'GET', '/files/*rest')).toBe(caller);
  });

  it('take, HEAD, finds what was granted as GET', () => {
    expect(book.take(granted(book, 'HEAD', '/a', caller), 'HEAD', '/a')).toBe(caller);
    expect(book.take(granted(book, 'HEAD', '/a', caller), 'GET', '/a')).toBe(caller);
  });

  it('take, a second time, finds nothing', () => {
    const request = granted(book, 'GET', '/a');
    book.take(request, 'GET', '/a');
    mismatch(request, 'GET', '/a');
  });

  it('take, another route or method, finds nothing, and burns the pass', () => {
    for (const [method, ...urls] of [
      ['GET', '/b'], ['GET'], ['POST', '/a'], ['HEAD '], ['get', '/a'], ['', '/a'], ['PURGE', '/a'], ['GET', '/:a'], ['GET', '/*a'],
    ] as [string, ...string[]][]) {
      const request = granted(book, 'GET', '/a');
      mismatch(request, method, ...urls);
      mismatch(request, 'GET', '/a');
    }
  });

  it('take, without a pass, of another request or of another book, finds nothing', () => {
    mismatch({ method: 'GET', url: '/a' }, 'GET', '/a');
    const request = granted(book, 'GET', '/a');
    mismatch({ ...request }, 'GET', '/a');
    mismatch(granted(createRoutePasses(), 'GET', '/a'), 'GET', '/a');
  });

  it('take, after the path was rewritten, finds nothing, even on the same route', () => {
    for (const change of [{ url: '/u/8' }, { url: '/u/7/x' }, { url: '/U/7' }, { baseUrl: '/x' }, { url: '' }]) {
      mismatch(Object.assign(granted(book, 'GET', '/u/7'), change), 'GET', '/u/:id');
    }
  });

  it('take, below a mount path or with another query, finds it', () => {
    for (const change of [
      { baseUrl: '/u', url: '/7' }, { baseUrl: '/u/7', url: '/' }, { baseUrl: '/u/7', url: '/?x' }, { url: '/u/7?y' }, { url: '/u/7/' },
    ]) {
      expect(book.take(Object.assign(granted(book, 'GET', '/u/7?x', caller), change), 'GET', '/u/:id')).toBe(caller);
    }
    expect(book.take(Object.assign(granted(book, 'GET', '/a/', caller), { baseUrl: '/a', url: '/' }), 'GET', '/a')).toBe(caller);
  });

  it('admitsHandler, wildcard and external URLs, is true, and again for the next handler', () => {
    for (const [method, url] of [['GET', '/files/a'], ['POST', '/files/a/b/'], ['HEAD', '/private/x'], ['DELETE', '/out']] as const) {
      const request = granted(book, method, url);
      expect([url, book.admitsHandler(request), book.admitsHandler(request)]).toEqual([url, true, true]);
    }
  });

  it('admitsHandler, other URLs or no pass, is false and leaves the pass to its route', () => {
    const request = granted(book, 'GET', '/a', caller);
    expect([book.admitsHandler(request), book.admitsHandler({ method: 'GET', url: '/files/a' })]).toEqual([false, false]);
    expect(book.take(request, 'GET', '/a')).toBe(caller);
    expect(book.admitsHandler(request)).toBe(false);
  });

  it('admitsHandler, after path or method were rewritten, throws', () => {
    for (const change of [{
      url: '/private/x',
    }, { url: '/files/b' }, { url: '/a' }, { method: 'DELETE' }, { method: 'get' }, { method: 'PURGE' }, { baseUrl: '/x' }]) {
      const request = Object.assign(granted(book, 'GET', '/files/a'), change);
      expect(() => book.admitsHandler(request)).toThrow('reached another route');
    }
  });
});
