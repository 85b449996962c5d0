import { createDiscovery } from '../../../../src/features/sso/oidc/discovery.ts';
import { startForgingProvider } from '../../../support/sso/forging-provider.ts';
import type { Forgery } from '../../../support/sso/forging-provider.ts';

const provider = await startForgingProvider();
const { issuer } = provider;
const minutes = 60_000;
const key = { providerId: `acme.${'a'.repeat(24)}`, revision: 1 };
let now = 1_790_000_000_000;

const createNew = (allowsHttp = true) => createDiscovery(
  { fetch: (url, request) => fetch(url, request as RequestInit), clock: () => now, allowsHttp });
beforeEach(() => { provider.forge({}); });

describe('createDiscovery', () => {
  it('a document, is kept for 10 minutes for one revision, and logins at the same time share a fetch', async () => {
    const discovery = createNew();
    const before = provider.asked.discovery;
    const asked = () => provider.asked.discovery - before;
    await Promise.all(Array.from({ length: 20 }, () => discovery.discover(key, issuer)));
    now += 10 * minutes - 1;
    expect(await discovery.discover(key, issuer)).toMatchObject({ ok: true, metadata: { issuer, token_endpoint: `${issuer}/token` } });
    expect(asked()).toBe(1);
    now += 1;
    await discovery.discover(key, issuer);
    expect(asked()).toBe(2);
    await discovery.discover({ ...key, revision: 2 }, issuer);
    expect(asked()).toBe(3);
    discovery.forget(key.providerId);
    await discovery.discover(key, issuer);
    expect(asked()).toBe(4);
  });

  it('a provider that is away, is used by its last document for a day, and asked every six seconds at most', async () => {
    const discovery = createNew();
    await discovery.discover(key, issuer);
    provider.forge({ metadata: () => ({ hangsUp: true }) });
    now += 24 * 60 * minutes - 1;
    const before = provider.asked.discovery;
    for (let index = 0; index < 10; index += 1) expect((await discovery.discover(key, issuer)).ok).toBe(true);
    expect(provider.asked.discovery - before).toBe(1);
    now += 1;
    expect(await discovery.discover(key, issuer)).toMatchObject({ ok: false, step: { step: 'discovery' } });
    provider.forge({});
    now += 6_000;
    expect((await discovery.discover(key, issuer)).ok).toBe(true);
  });

  it('a provider that says something else than before, is not used any more', async () => {
    const discovery = createNew();
    await discovery.discover(key, issuer);
    provider.forge({ metadata: (good) => ({ ...good, issuer: 'https://other.example' }) });
    now += 10 * minutes;
    expect(await discovery.discover(key, issuer)).toMatchObject({
      ok: false, step: { step: 'discovery', ok: false, expected: `the issuer ${issuer}`, received: '"https://other.example"' },
    });
  });

  it.each<[string, Forgery['metadata']]>([
    ['an issuer with a slash at its end', (good) => ({ ...good, issuer: `${issuer}/` })],
    ['no issuer', (good) => ({ ...good, issuer: undefined })], ['a list', (good) => [good]], ['no document', () => 'no JSON'],
    ['no keys', (good) => ({ ...good, jwks_uri: undefined })], ['a number as an address', (good) => ({ ...good, token_endpoint: 7 })],
    ['a script', (good) => ({ ...good, authorization_endpoint: 'javascript:alert(1)' })],
    ['a script at the end of a session', (good) => ({ ...good, end_session_endpoint: 'data:text/html,x' })],
    ['an address with a user', (good) => ({ ...good, token_endpoint: 'https://user@id.example/token' })],
    ['an answer that is no success', () => ({ status: 404, body: {} })],
  ])('%s, is no discovery document', async (_name, metadata) => {
    const discovery = createNew();
    provider.forge({ ...metadata && { metadata } });
    expect(await discovery.discover(key, issuer)).toMatchObject({ ok: false, step: { step: 'discovery', ok: false } });
  });

  it('http, is not accepted where it is not allowed', async () => {
    const discovered = await createNew(false).discover(key, issuer);
    expect(discovered).toMatchObject({ ok: false, step: { expected: 'authorization_endpoint with https' } });
  });
});
