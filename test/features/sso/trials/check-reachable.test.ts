import type { LoginStep } from '../../../../src/features/sso/providers/provider-ports.types.ts';
import type { OidcConfiguration, UsableProvider } from '../../../../src/features/sso/provider.types.ts';
import { createCheckReachable } from '../../../../src/features/sso/trials/check-reachable.ts';
import { createOutbound } from '../../../../src/platform/outbound/guarded-fetch.ts';
import type { OutboundDeps } from '../../../../src/platform/outbound/guarded-fetch.ts';
import { closeLater } from '../../../../scripts/test-run/closing.ts';
import { freePort } from '../../../support/free-port.ts';
import { startForgingProvider } from '../../../support/sso/forging-provider.ts';
import type { Forgery } from '../../../support/sso/forging-provider.ts';

const loopback = { purpose: 'sign-on', network: '127.0.0.0/8' } as const;
const idp = await startForgingProvider();

function checking(deps: Partial<OutboundDeps> = {}) {
  const outbound = createOutbound({ purpose: 'sign-on', networks: [loopback], production: false, ...deps });
  closeLater(outbound.close);
  return createCheckReachable({ outbound, clock: Date.now, allowsHttp: true });
}
const check = checking();

const oidc = (changes: Partial<OidcConfiguration> = {}): OidcConfiguration => (
  { issuer: idp.issuer, clientId: 'gatehouse', clientAuthentication: 'basic', algorithms: ['ES256'], ...changes });
const providerOf = (configuration: UsableProvider['configuration'], protocol: UsableProvider['protocol'] = 'OIDC'): UsableProvider => ({
  _id: 'acme.1', tenantId: 'acme', providerName: 'Acme', protocol, status: 'draft', revision: 1, configuration,
  secrets: { clientSecret: 'secret', headerSecret: 'secret' }, attributeMapping: {}, roleMapping: [], provisioning: {}, domains: [],
});

/** The names of the steps that held, and the one that did not. */
function outcomeOf(steps: readonly LoginStep[]) {
  const failed = steps.find(({ ok }) => !ok);
  if (failed) expect(failed.repair).toMatch(/\.$/);
  return {
    held: steps.filter(({ ok }) => ok).map(({ step }) => step), ...(failed && { failed: failed.step, received: failed.received }),
  };
}

describe('a check without a login', () => {
  afterEach(() => idp.forge({}));

  it('of a provider that answers, says that every step holds and how long it took', async () => {
    const steps = await check(providerOf(oidc()));
    expect(outcomeOf(steps)).toEqual({ held: ['secrets-complete', 'address', 'discovery', 'keys'] });
    for (const { milliseconds } of steps) expect(milliseconds).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, Forgery, Partial<OidcConfiguration>, string, string]>([
    ['of another issuer', { metadata: (good) => ({ ...good, issuer: 'https://evil.example' }) }, {}, 'discovery', '"https://evil.example"'],
    ['without a document', { metadata: () => ({ status: 404, body: {} }) }, {}, 'discovery', 'no usable answer'],
    ['with half a document', { metadata: ({ issuer }) => ({ issuer }) }, {}, 'discovery', expect.stringContaining('jwks_uri') as string],
    ['that hangs up', { metadata: () => ({ hangsUp: true }) }, {}, 'discovery', 'unreachable'],
    ['with keys at a private address', { metadata: (good) => ({ ...good, jwks_uri: 'https://10.0.0.1/jwks' }) }, {}, 'keys',
      'address-not-allowed'],
    ['with keys for another algorithm', {}, { algorithms: ['RS256', 'PS256'] }, 'keys', 'keys for ES256'],
    ['with no key', { keys: () => ({ keys: [] }) }, {}, 'keys', 'no usable answer'],
    ['whose keys fail', { keys: () => ({ status: 500, body: {} }) }, {}, 'keys', 'no usable answer'],
  ])('of a provider %s, ends at the step that fails', async (_what, forgery, configuration, failed, received) => {
    expect(outcomeOf(await check(providerOf(oidc())))).not.toHaveProperty('failed'); // nothing of it is kept
    idp.forge(forgery);
    const held = ['secrets-complete', 'address', ...(failed === 'keys' ? ['discovery'] : [])];
    expect(outcomeOf(await check(providerOf(oidc(configuration))))).toEqual({ held, failed, received });
  });

  it('of an address that is not allowed, has no address, or does not answer, asks nobody', async () => {
    const asked = { ...idp.asked };
    const unlisted = checking({ networks: [] });
    expect(outcomeOf(await unlisted(providerOf(oidc()))))
      .toEqual({ held: ['secrets-complete'], failed: 'address', received: 'address-not-allowed' });
    const nameless = checking({ resolve: () => Promise.reject(new Error('ENOTFOUND')) });
    expect(outcomeOf(await nameless(providerOf(oidc({ issuer: 'https://idp.example' })))))
      .toEqual({ held: ['secrets-complete'], failed: 'address', received: 'no address of idp.example' });
    expect(outcomeOf(await check(providerOf(oidc({ issuer: `http://127.0.0.1:${await freePort()}` })))))
      .toEqual({ held: ['secrets-complete', 'address'], failed: 'discovery', received: 'unreachable' });
    expect(idp.asked).toEqual(asked);
  });

  it('of a provider whose secret was never sent, says which one', async () => {
    const steps = await check({ ...providerOf(oidc({ clientAuthentication: 'private_key_jwt' })), secrets: {} });
    expect(steps).toMatchObject([{ step: 'secrets-complete', ok: false, expected: 'privateKey' }]);
  });

  it('of an issuer of tokens, checks its keys; of a trusted header, its secret alone', async () => {
    const [bearer, algorithms] = [{ audience: 'api' }, ['ES256'] as const];
    const jwt = { issuer: 'https://issuer.example', jwksUri: `${idp.issuer}/jwks`, algorithms, bearer };
    expect(outcomeOf(await check(providerOf(jwt, 'JWT')))).toEqual({ held: ['secrets-complete', 'address', 'keys'] });
    const pem = { issuer: 'https://issuer.example', publicKeys: ['PEM'], bearer };
    expect(outcomeOf(await check(providerOf(pem, 'JWT')))).toEqual({ held: ['secrets-complete'] });
    const header = { header: 'x-user', secretHeader: 'x-secret' };
    expect(outcomeOf(await check(providerOf(header, 'HEADER')))).toEqual({ held: ['secrets-complete'] });
  });
});
