import { endpointsOfRight, grantRights, isStale, resolveRights, subtractRights, uniteRights } from '../../../src/engine/grants/right.ts';
import type { Right, RightInput } from '../../../src/engine/grants/right.ts';
import { registryOf, school } from '../registries.ts';

const registry = registryOf(school);
const resolve = (...inputs: RightInput[]) => resolveRights(registry, inputs, 'rights');
const right = (url: string, methods?: Right['methods'], access: Right['access'] = 'auth'): Right => ({
  name: url.slice(1), path: '/', url, ...(methods && { methods }), access,
});
const opens = (stored: Right) => endpointsOfRight(registry, stored).map(({ method, url }) => `${method} ${url}`);

describe('resolveRights', () => {
  it('any spelling, gives the right as registered', () => {
    const stored = { name: ':userId', path: '/users/', url: '/users/:userId', access: 'auth' };
    for (const url of ['/users/:userId', '/Users/:x/', { url: '/users/:id', name: 'lie', path: '/lie/' }]) {
      expect(resolve(url)).toEqual({ rights: [stored], unregistered: [], config: [] });
    }
  });

  it('methods, are kept once and in order', () => {
    expect(resolve({ url: '/users/:id/posts', methods: ['GET', 'DELETE', 'GET'] }).rights).toMatchObject([{ methods: ['DELETE', 'GET'] }]);
  });

  it('one URL written twice, stands once with the methods of both, or with all', () => {
    const [get, remove] = [{ url: '/users/:id/posts', methods: ['GET'] }, { url: '/users/:id/posts', methods: ['DELETE'] }];
    expect(resolve(get, remove).rights).toMatchObject([{ methods: ['DELETE', 'GET'] }]);
    const [all] = resolve(get, '/users/:id/posts').rights;
    expect(all && 'methods' in all).toBe(false);
  });

  it('URLs and methods that are not registered, are named with their place', () => {
    expect(resolve('/users/me', '/nowhere', '/users/7', '', { url: '/users/me', methods: ['GET', 'PUT', 'HEAD'] })).toMatchObject({
      rights: [{ url: '/users/me' }],
      unregistered: [
        { field: 'rights[1]', message: '/nowhere is not registered' }, { field: 'rights[2]', message: '/users/7 is not registered' },
        { field: 'rights[3]', message: ' is not registered' }, { field: 'rights[4]', message: 'PUT, HEAD /users/me is not registered' },
      ],
    });
  });

  it('a URL behind a method, is refused with how to write it', () => {
    expect(resolve('GET /users/me', 'GOT /users/me').unregistered.map(({ message }) => message)).toEqual([
      'GET /users/me is not registered: name the method apart from the URL, as in { "url": "/users/me", "methods": ["GET"] }',
      'GOT /users/me is not registered',
    ]);
  });

  it('config URLs, are named and never given', () => {
    expect(resolve('/roles/create', '/ROLES/load/', { url: '/roles/load', methods: ['GET'] })).toEqual({
      rights: [], unregistered: [],
      config: [0, 1, 2].map(
        (index) => ({ field: `rights[${index}]`, message: `${index === 0 ? '/roles/create' : '/roles/load'} is a config URL` }),
      ),
    });
  });

  it('one URL in two classes, takes the class of the methods it names', () => {
    const accessOf = (input: RightInput) => resolve(input).rights[0]?.access;
    expect([accessOf('/news'), accessOf({ url: '/news', methods: ['GET'] }), accessOf({ url: '/news', methods: ['POST'] })])
      .toEqual(['auth', 'simple', 'auth']);
    const reversed = registryOf({ simple: { '/': [{ name: 'a', methods: ['POST'] }] }, auth: { '/': [{ name: 'a', methods: ['GET'] }] } });
    const [only] = resolveRights(reversed, [{ url: '/a', methods: ['POST'] }], '').rights;
    expect(only && isStale(reversed, only)).toBe(false);
  });

  it('one URL that is auth and config by method, is given for the auth methods alone', () => {
    const mixed = registryOf({ auth: { '/': [{ name: 'a', methods: ['GET'] }] }, config: { '/': [{ name: 'a', methods: ['POST'] }] } });
    expect(resolveRights(mixed, ['/a', { url: '/a', methods: ['POST'] }], '')).toMatchObject({ rights: [], config: [{}, {}] });
    expect(resolveRights(mixed, [{ url: '/a', methods: ['GET'] }], ''))
      .toMatchObject({ rights: [{ methods: ['GET'], access: 'auth' }], config: [] });
  });
});

describe('uniteRights', () => {
  it('one URL, has the methods of all, whatever the order', () => {
    const parts = [right('/a', ['POST']), right('/A/', ['GET']), right('/b')];
    expect(uniteRights(parts)).toEqual([right('/a', ['GET', 'POST']), right('/b')]);
    expect(
      new Set(uniteRights([...parts].reverse()).flatMap(({ url, methods }) => [url.toLowerCase().replace(/\/$/, ''), ...(methods ?? [])])),
    ).toEqual(new Set(['/a', 'GET', 'POST', '/b']));
    expect(uniteRights([right('/a', ['GET']), right('/a')])).toEqual([right('/a')]);
    expect(uniteRights([right('/a'), right('/a', ['GET'])])).toEqual([right('/a')]);
  });

  it('a stale right of another role, takes nothing from the valid one, whatever the order', () => {
    const [valid, stale] = [right('/users/me'), right('/users/me', undefined, 'simple')];
    for (const rights of [[valid, stale], [stale, valid]]) {
      expect(uniteRights(rights).flatMap(opens)).toEqual(['GET /users/me', 'POST /users/me']);
    }
  });

  it('the same URL in two classes by method, keeps both', () => {
    expect(uniteRights([right('/news', ['POST']), right('/news', ['GET'], 'simple')]).flatMap(opens)).toEqual(['POST /news', 'GET /news']);
  });
});

describe('grantRights', () => {
  it('a right that was stale, is replaced by being granted again', () => {
    const stale = right('/users/me', undefined, 'simple');
    expect(grantRights([stale, right('/b')], [right('/users/me')])).toEqual([right('/b'), right('/users/me')]);
  });
});

describe('subtractRights', () => {
  const served = () => ['GET', 'POST'] as const;
  it('a right without methods, goes as a whole, in any spelling, stale or not', () => {
    expect(subtractRights([right('/u/:id', ['GET']), right('/U/:x/', undefined, 'simple'), right('/b')], [right('/u/:other')], served))
      .toEqual([right('/b')]);
  });

  it('methods, go alone and leave the others', () => {
    expect(subtractRights([right('/a')], [right('/a', ['GET'])], served)).toEqual([right('/a', ['POST'])]);
    expect(subtractRights([right('/a', ['GET', 'POST'])], [right('/a', ['POST']), right('/a', ['GET'])], served)).toEqual([]);
    expect(subtractRights([right('/a')], [right('/a', ['PUT'])], served)).toEqual([right('/a')]);
  });
});

describe('endpointsOfRight', () => {
  it('a URL that changed its class, opens nothing and is stale', () => {
    for (const stale of [
      right('/login'), right('/users/me', undefined, 'simple'), right('/roles/create'), right('/gone'), right('/users/me', ['PUT']),
    ]) {
      expect([stale.url, opens(stale), isStale(registry, stale)]).toEqual([stale.url, [], true]);
    }
    expect(isStale(registry, right('/users/me', ['GET', 'PUT']))).toBe(false);
  });

  it('a right to a wildcard or a parameter, opens that URL and nothing that is more special', () => {
    expect(opens(right('/files/*p', undefined, 'simple'))).toEqual(['GET /files/*path', 'POST /files/*path']);
    expect(opens(right('/users/:id'))).toEqual(['GET /users/:userId', 'POST /users/:userId']);
  });
});
