import fc from 'fast-check';
import { containsGrants } from '../../../src/engine/grants/contains-grants.ts';
import { decideUrl } from '../../../src/engine/decide.ts';
import { compileGrants } from '../../../src/engine/grants/compiled-grants.ts';
import type { CompiledGrants } from '../../../src/engine/grants/compiled-grants.ts';
import { resolveRights } from '../../../src/engine/grants/right.ts';
import type { Right } from '../../../src/engine/grants/right.ts';
import type { Endpoint } from '../../../src/engine/urls/url-registry.ts';
import { registryOf, school } from '../registries.ts';

const registry = registryOf(school);
const compile = (rights: readonly Right[], isSuperadmin = false, urls = registry) => compileGrants(
  urls, { rights, policies: [], isSuperadmin },
);
const nothing = compile([]);
const everything = compile([], true);
const decide = (grants: CompiledGrants | null, endpoint: Endpoint) => decideUrl(grants, { endpoint }, { now: 0 });
const coversGrants = (own: CompiledGrants, other: CompiledGrants) => containsGrants(own, other, registry);
const grantsOf = (...inputs: Parameters<typeof resolveRights>[1]) => compile(resolveRights(registry, inputs, '').rights);
const allowed = (grants: CompiledGrants | null) => registry.endpoints.filter((endpoint) => decide(grants, endpoint).allowed).map(
  ({ method, url }) => `${method} ${url}`,
);
const ofClass = (...access: Endpoint['access'][]) => registry.endpoints.filter((endpoint) => access.includes(endpoint.access)).map(
  ({ method, url }) => `${method} ${url}`,
);

/** A stored right to a URL, whatever its class: what role management would never store, but somebody else might. */
const asStored = ({ name, path, url, access }: Omit<Right, 'methods'>): Right => ({ name, path, url, access });

describe('decideUrl', () => {
  it('no session or no rights, allows simple URLs and nothing else', () => {
    expect(allowed(null)).toEqual(ofClass('simple'));
    expect(allowed(nothing)).toEqual(ofClass('simple'));
  });

  it('a superadmin, is allowed every URL, with no right stored', () => {
    expect(allowed(everything)).toEqual(ofClass('simple', 'auth', 'config'));
  });

  it('rights, allow their URLs and methods and not one more', () => {
    expect(
      allowed(grantsOf('/users/me', { url: '/users/:id/posts', methods: ['DELETE'] })).filter((each) => !ofClass('simple').includes(each)),
    )
      .toEqual(['GET /users/me', 'POST /users/me', 'DELETE /users/:userId/posts']);
  });

  it('config URLs, are never allowed by stored rights', () => {
    const stored = registry.urls.map(asStored);
    expect(allowed(compile(stored))).toEqual(ofClass('simple', 'auth'));
    expect(allowed(compile(stored.map((right) => ({ ...right, access: 'config' as const }))))).toEqual(ofClass('simple'));
  });

  it('stale rights, allow nothing', () => {
    const stored = registry.urls.map((url) => asStored({ ...url, access: url.access === 'auth' ? 'simple' : 'auth' }));
    // '/news' is registered as simple and as auth, by method: both of its rights stay good.
    expect(allowed(compile(stored)).filter((each) => !ofClass('simple').includes(each))).toEqual(['POST /news']);
  });

  it('decision, names its reason and the right that it was about', () => {
    const [simple, auth] = [registry.endpointsOf('/login')[1], registry.endpointsOf('/users/me')[0]];
    if (!simple || !auth) throw new Error('not registered');
    expect(decide(null, simple)).toEqual({ allowed: true, reason: 'simple-url', required: 'POST /login' });
    expect(decide(null, auth)).toEqual({ allowed: false, reason: 'right-missing', required: 'GET /users/me' });
    expect(decide(grantsOf('/users/me'), auth)).toEqual({ allowed: true, reason: 'right', required: 'GET /users/me' });
  });

  it('any list of rights, order and repetition do not matter', () => {
    const inputs = fc.shuffledSubarray(['/users/me', '/users/:id', '/users/:id/posts', '/news', '/reports/:year', '/files/private/*p']);
    fc.assert(fc.property(inputs, inputs, (first, second) => {
      expect(allowed(grantsOf(...first, ...second))).toEqual(allowed(grantsOf(...second, ...first, ...second)));
      expect(new Set(allowed(grantsOf(...first, ...second))))
        .toEqual(new Set([...allowed(grantsOf(...first)), ...allowed(grantsOf(...second))]));
    }));
  });
});

describe('containsGrants', () => {
  it('the same or fewer rights, are covered; more are not', () => {
    const [one, two] = [grantsOf('/users/me'), grantsOf('/users/me', '/news')];
    expect([coversGrants(two, one), coversGrants(one, one), coversGrants(one, two), coversGrants(nothing, one), coversGrants(one, nothing)])
      .toEqual([true, true, false, false, true]);
  });

  it('a superadmin, is covered by superadmins alone, even where no URL is registered', () => {
    expect([coversGrants(everything, everything), coversGrants(everything, nothing), coversGrants(nothing, everything)])
      .toEqual([true, true, false]);
    const empty = registryOf({});
    expect(containsGrants(compile([], false, empty), compile([], true, empty), empty)).toBe(false);
  });
});
