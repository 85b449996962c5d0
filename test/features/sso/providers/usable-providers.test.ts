import { createUsableProviders, tenantOfProvider } from '../../../../src/features/sso/providers/usable-providers.ts';
import type { IdentityProvider } from '../../../../src/features/sso/provider.types.ts';
import { createInvalidation } from '../../../../src/platform/cache/invalidation.ts';
import { oidc } from '../provider-content.ts';

const id = 'acme.0123456789abcdef01234567';
const sealed = { clientSecret: { iv: '', tag: '', data: 'live' } };
const stored: IdentityProvider = {
  _id: id, tenantId: 'acme', providerName: 'Acme', nameKey: 'acme', protocol: 'OIDC', status: 'active', revision: 3,
  configuration: { ...oidc, clientId: 'next' }, sealed: { clientSecret: { ...sealed.clientSecret, data: 'next' } }, subject: 'oid',
  live: { revision: 2, configuration: oidc, sealed }, attributeMapping: { email: 'mail' }, roleMapping: [], provisioning: {}, domains: [],
  version: 5, createdAt: new Date(0),
};

/** The cache on one stored provider; reads are counted. */
function setUp(provider: IdentityProvider | null = stored) {
  const state = { provider, reads: 0, now: 0, isFresh: true };
  const invalidation = createInvalidation();
  const usable = createUsableProviders({
    store: { find: () => { state.reads += 1; return Promise.resolve(state.provider); } },
    secrets: { open: (_id, values) => Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, data])) },
    tokensFor: invalidation.tokensFor, clock: () => state.now, isFresh: () => state.isFresh,
  });
  const change = (tenantId: string, target: { kind: string; id: string }, policy = false) => {
    invalidation.applyChange({ tenantId, action: 'provider.update', target, policy, users: [] });
  };
  return { usable, state, change };
}

describe('a provider as a login uses it', () => {
  it('is the live revision, or the named one, with opened secrets and its own subject', async () => {
    const { usable, state } = setUp();
    const live = await usable.find(id);
    expect(live).toMatchObject({ revision: 2, configuration: oidc, secrets: { clientSecret: 'live' }, status: 'active' });
    expect(live?.attributeMapping).toEqual({ email: 'mail' });
    expect(await usable.find(id, 3)).toMatchObject({
      revision: 3, configuration: { clientId: 'next' }, secrets: { clientSecret: 'next' },
      attributeMapping: { email: 'mail', subject: 'oid' },
    });
    expect(await usable.find(id, 2)).toBe(live);
    expect(state.reads).toBe(1);
    expect(await usable.find(id, 1)).toBeNull();
    expect(state.reads).toBe(2);
  });

  it('at a revision that another node stored a moment ago, is read again', async () => {
    const { usable, state } = setUp();
    await usable.find(id);
    state.provider = { ...stored, revision: 4 };
    expect((await usable.find(id, 4))?.revision).toBe(4);
    expect(state.reads).toBe(2);
  });

  it('that is a draft, has no live revision; one that there is not, is null', async () => {
    const { live: _live, ...draft } = stored;
    expect(await setUp({ ...draft, status: 'draft' }).usable.find(id)).toBeNull();
    expect(await setUp(null).usable.find(id)).toBeNull();
    const { usable, state } = setUp();
    for (const wrong of ['', 'acme', 'acme.0123', `${id}0`, `a b.${id.slice(5)}`]) expect(await usable.find(wrong)).toBeNull();
    expect(state.reads).toBe(0);
    expect(tenantOfProvider(id)).toBe('acme');
  });

  it('that changed on any node, or while it was read, is read again; another one is not', async () => {
    const { usable, state, change } = setUp();
    await usable.find(id);
    change('acme', { kind: 'provider', id: 'acme.other' });
    change('other', { kind: 'provider', id });
    await usable.find(id);
    expect(state.reads).toBe(1);
    change('acme', { kind: 'provider', id });
    state.provider = { ...stored, status: 'inactive' };
    expect((await usable.find(id))?.status).toBe('inactive');
    change('acme', { kind: 'role', id: 'a' }, true);
    await usable.find(id);
    expect(state.reads).toBe(3);
  });

  it('is not taken from memory after its time, nor while changes may be unknown', async () => {
    const { usable, state } = setUp();
    await usable.find(id);
    state.now = 60_001;
    await usable.find(id);
    state.isFresh = false;
    await usable.find(id);
    await usable.find(id);
    expect(state.reads).toBe(4);
  });
});
