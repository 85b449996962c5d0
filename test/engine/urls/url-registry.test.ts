import fc from 'fast-check';
import { methods } from '../../../src/engine/urls/method.ts';
import { findConflicts, listUrls } from '../../../src/engine/urls/registered-url.ts';
import { allowHeader, createUrlRegistry } from '../../../src/engine/urls/url-registry.ts';
import { bestOf, paths, patternSets } from '../patterns.ts';
import { registryOf, school } from '../registries.ts';

describe('listUrls', () => {
  it('roots and names, are joined with one slash and keep what they say', () => {
    const urls = listUrls([{ simple: { '/a/': ['b', { name: '/c/', methods: ['GET'] }] } }, {
      auth: { '/': [''] }, config: { '/r': [{ name: ':id', external: true, tenantAdmin: true }] },
    }]);
    expect(urls.map(({ pattern: _pattern, ...url }) => url)).toEqual([
      { name: 'b', path: '/a/', url: '/a/b', access: 'simple', external: false, tenantAdmin: false },
      { name: '/c/', path: '/a/', url: '/a/c', access: 'simple', methods: ['GET'], external: false, tenantAdmin: false },
      { name: '', path: '/', url: '/', access: 'auth', external: false, tenantAdmin: false },
      { name: ':id', path: '/r', url: '/r/:id', access: 'config', external: true, tenantAdmin: true },
    ]);
  });

  it('a URL nobody can register, is named', () => {
    expect(() => listUrls([{ auth: { '/a/': ['b c'] } }])).toThrow('"/a/b c"');
    expect(() => listUrls([{ auth: { 'a/': ['b'] } }])).toThrow('"a/b"');
    expect(() => listUrls([{ auth: { '/a/': [{ name: 'b', methods: [] }] } }]))
      .toThrow('"/a/b" is registered with an empty list of methods.');
    const tenantAdmin = [{ auth: { '/a/': [{ name: 'b', tenantAdmin: true }] } }];
    expect(() => listUrls(tenantAdmin)).toThrow('"/a/b" is auth and says tenantAdmin. Only config URLs can say that.');
  });
});

describe('findConflicts', () => {
  const conflictsOf = (...names: Parameters<typeof listUrls>[0]) => findConflicts(listUrls(names)).map(
    ({ first, second }) => [first.url, second.url],
  );

  it('URLs that differ in case, slash or parameter names alone, conflict', () => {
    expect(conflictsOf({ auth: { '/': ['a', 'A/', 'x/:id', 'X/:other', 'f/*p', 'f/*q'] } }))
      .toEqual([['/a', '/A'], ['/x/:id', '/X/:other'], ['/f/*p', '/f/*q']]);
  });

  it('one URL in two access classes, conflicts, once, however many methods it has', () => {
    expect(conflictsOf({ simple: { '/': ['a'] }, config: { '/': ['a'] } })).toEqual([['/a', '/a']]);
  });

  it('one URL with separate methods, does not conflict', () => {
    expect(conflictsOf({ simple: { '/': [{ name: 'a', methods: ['GET'] }] }, auth: { '/': [{ name: 'a', methods: ['POST', 'PUT'] }] } }))
      .toEqual([]);
    expect(conflictsOf({ simple: { '/': [{ name: 'a', methods: ['GET'] }] }, auth: { '/': ['a'] } })).toHaveLength(1);
  });
});

describe('the URL registry', () => {
  const registry = registryOf(school);
  const look = (method: string, path: string) => {
    const lookup = registry.lookUp(method, path);
    return lookup.kind === 'found' ? `${lookup.endpoint.method} ${lookup.endpoint.url} ${lookup.endpoint.access}` : lookup;
  };

  it('endpoints, have ids from 0 without gaps', () => {
    expect(registry.endpoints.map(({ id }) => id)).toEqual(registry.endpoints.map((_endpoint, index) => index));
  });

  it('methods, come from the entry, from what is served, or for external URLs are all', () => {
    const methodsOf = (url: string) => registry.endpointsOf(url).map(({ method }) => method);
    expect(methodsOf('/users/:id/posts')).toEqual(['GET', 'DELETE']);
    expect(methodsOf('/login')).toEqual(['GET', 'POST']);
    expect(methodsOf('/reports/:year')).toEqual(methods);
    expect(createUrlRegistry(listUrls([{ auth: { '/': ['a'] } }])).endpoints).toHaveLength(methods.length);
  });

  it('lookUp, every spelling of one URL, finds the same endpoint', () => {
    for (const path of ['/users/me', '/Users/ME', '/users/me/', '/USERS/me/']) expect(look('GET', path)).toBe('GET /users/me auth');
  });

  it('lookUp, HEAD, is GET', () => {
    expect(look('HEAD', '/news')).toBe('GET /news simple');
    expect(look('HEAD', '/roles/load')).toBe('GET /roles/load config');
  });

  it('lookUp, HEAD of a route that refuses it, is another method, without HEAD among those allowed', () => {
    const { lookUp } = createUrlRegistry(
      listUrls([{ simple: { '/': ['once/:id', 'often', '*path'] } }]), () => ['GET', 'POST'], (shape) => shape.startsWith('/once'),
    );
    expect(lookUp('HEAD', '/once/7')).toEqual({ kind: 'other-methods', allow: ['GET', 'POST'], refusesHead: true });
    expect(lookUp('OPTIONS', '/once/7')).toEqual(lookUp('HEAD', '/once/7'));
    expect(['GET', 'POST'].map((method) => lookUp(method, '/once/7').kind)).toEqual(['found', 'found']);
    expect([lookUp('HEAD', '/often').kind, lookUp('HEAD', '/other').kind]).toEqual(['found', 'found']);
    expect(lookUp('PUT', '/often')).toEqual({ kind: 'other-methods', allow: ['GET', 'POST'] });
    expect(allowHeader(['GET', 'POST'], true)).toEqual(['GET', 'POST', 'OPTIONS']);
  });

  it('lookUp, one URL in two classes by method, finds each', () => {
    expect([look('GET', '/news'), look('POST', '/news')]).toEqual(['GET /news simple', 'POST /news auth']);
  });

  it('lookUp, a better URL without this method, goes on to the next that has it', () => {
    expect(look('DELETE', '/users/me/posts')).toBe('DELETE /users/:userId/posts auth');
    expect(look('PUT', '/users/me')).toEqual({ kind: 'other-methods', allow: ['GET', 'POST'] });
    expect([look('GET', '/files/private/x'), look('GET', '/files/private'), look('GET', '/files/x/y')])
      .toEqual(['GET /files/private/*path auth', 'GET /files/*path simple', 'GET /files/*path simple']);
  });

  it('lookUp, other methods, lists those of all URLs that match, in one order', () => {
    expect(look('PATCH', '/news')).toEqual({ kind: 'other-methods', allow: ['GET', 'POST'] });
    expect(look('OPTIONS', '/users/7/posts')).toEqual({ kind: 'other-methods', allow: ['GET', 'DELETE'] });
    for (const method of ['', 'get', 'TRACE', 'PROPFIND', '__proto__']) {
      expect(look(method, '/login')).toMatchObject({ kind: 'other-methods' });
    }
  });

  it('lookUp, no URL, is unknown by any method', () => {
    for (const path of ['/users', '/users/7/8', '/logi', '/files', '/roles', '/login/x', '/login//']) {
      for (const method of ['GET', 'OPTIONS', 'TRACE']) expect([path, look(method, path)]).toEqual([path, { kind: 'unknown' }]);
    }
  });

  it('lookUp, any set of patterns, finds the best that matches', () => {
    fc.assert(fc.property(patternSets, (set) => {
      const found = createUrlRegistry(listUrls([{ auth: { '/': set.map(({ url }) => url) } }]), () => ['GET']);
      const lookups = paths.map((path) => found.lookUp('GET', `/${path.join('/')}`));
      expect(lookups.map((lookup) => (lookup.kind === 'found' ? lookup.endpoint.url : lookup.kind)))
        .toEqual(paths.map((path) => bestOf(set, path)?.url ?? 'unknown'));
    }), { numRuns: 25 });
  });

  it('endpointsOf and entriesOf, any spelling of a URL, find it; anything else finds nothing', () => {
    for (const url of ['/users/:userId', '/USERS/:x/', '/users/:id']) {
      expect(registry.entriesOf(url).map((entry) => entry.url)).toEqual(['/users/:userId']);
    }
    for (const url of ['', 'users', '/users/7', '/nowhere', '/users/:', '/a b', '__proto__', '/*all']) {
      expect([url, registry.endpointsOf(url), registry.entriesOf(url)]).toEqual([url, [], []]);
    }
  });

  it('isForHandlers, is true for wildcard and external URLs alone', () => {
    const urls = new Set(registry.endpoints.filter(({ isForHandlers }) => isForHandlers).map(({ url }) => url));
    expect([...urls]).toEqual(['/files/*path', '/reports/:year', '/files/private/*path']);
  });

  it('allowHeader, names HEAD with GET, and OPTIONS always', () => {
    expect([allowHeader(['GET', 'PUT']), allowHeader(['POST']), allowHeader([])])
      .toEqual([['GET', 'HEAD', 'PUT', 'OPTIONS'], ['POST', 'OPTIONS'], ['OPTIONS']]);
  });
});
