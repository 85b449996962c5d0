import { AppError } from '../../../errors/errors.ts';
import type { Outbound } from '../../../platform/outbound/guarded-fetch.ts';
import type { JwsAlgorithm } from '../../../tokens/compact-jws.ts';
import { createRemoteKeys } from '../../../tokens/remote-keys.ts';
import { importForeignKey } from '../../../tokens/verification-key.ts';
import { describeFailure } from '../oidc/describe-failure.ts';
import { createDiscovery } from '../oidc/discovery.ts';
import type { DiscoveryDeps } from '../oidc/discovery.ts';
import { secretNamesOf } from '../provider.secrets.ts';
import type { JwtConfiguration, OidcConfiguration, UsableProvider } from '../provider.types.ts';
import type { CheckReachable, LoginStep } from '../providers/provider-ports.types.ts';

export interface CheckReachableDeps extends Omit<DiscoveryDeps, 'fetch'> {
  /** The way to the addresses that tenants choose for sign-on. */
  readonly outbound: Pick<Outbound, 'fetch' | 'guard'>;
}

/** A step without its time. */
type Outcome = Pick<LoginStep, 'ok' | 'expected' | 'received' | 'repair'>;

const usualAlgorithms: readonly JwsAlgorithm[] = ['RS256'];

/** The time to find the addresses of a name, in ms. Requests have a limit of their own. */
const lookUpTime = 5_000;

const notAllowed = 'Use an address of the public internet, or ask the operator of Gatehouse to list its network in OUTBOUND_NETWORKS.';

/**
 * Creates the check of what can be checked without a login: secrets, address, discovery with its issuer, keys. It ends at the first step
 * that fails.
 *
 * It never throws for what a provider does. It asks the provider each time, because what a node keeps may be 24 hours old.
 */
export function createCheckReachable(
  { outbound: { fetch, guard }, clock, allowsHttp }: CheckReachableDeps,
): CheckReachable {
  async function checkAddress({ hostname, protocol }: URL): Promise<Outcome> {
    try {
      await within(lookUpTime, guard.resolve(hostname, { listedOnly: protocol === 'http:' }));
      return { ok: true };
    } catch (error) {
      const expected = 'an address that may be reached';
      return error instanceof AppError ? { ok: false, expected, received: error.code, repair: notAllowed }
        : { ok: false, expected, received: `no address of ${hostname}`, repair: `Check the name ${hostname}: it has no address.` };
    }
  }

  /** The outcome, and the address of the keys. */
  async function checkDiscovery(issuer: string): Promise<Outcome & { readonly jwksUri?: string }> {
    const discovery = createDiscovery({ fetch, clock, allowsHttp }); // which keeps nothing of before
    const found = await discovery.discover({ providerId: '', revision: 0 }, issuer);
    if (found.ok) return { ok: true, jwksUri: found.metadata.jwks_uri };
    const { expected = '', received = '' } = found.step;
    const document = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    return { ok: false, expected, received, repair: repairOf(received, document)
      ?? (expected.startsWith('the issuer') ? `Enter the issuer exactly as ${document} names it.`
        : `Make ${document} answer with ${expected}.`) };
  }

  async function checkKeys(address: string, algorithms: readonly JwsAlgorithm[]): Promise<Outcome> {
    const published: string[] = [];
    const keys = createRemoteKeys({
      url: new URL(address), clock, fetch: (url, { headers, signal }) => fetch(url, { headers, signal }),
      importKey(jwk) {
        published.push([jwk['alg'], jwk.kty].find((name) => typeof name === 'string') ?? 'no type');
        return importForeignKey(jwk, algorithms);
      },
    });
    const expected = `a key for ${algorithms.join(', ')}`;
    try {
      await keys.freshen();
      return { ok: true };
    } catch (error) {
      const received = published.length > 0 ? `keys for ${[...new Set(published)].slice(0, 10).join(', ')}`
        : describeFailure(error instanceof AppError ? error.cause : error);
      return { ok: false, expected, received, repair: repairOf(received, address) ?? (published.length > 0
        ? 'Let the provider publish such a key, or configure the algorithms with which it signs.'
        : `Make ${address} answer with the public keys of the provider.`) };
    }
  }

  function* checkOidc({ issuer, algorithms = usualAlgorithms }: OidcConfiguration): Steps {
    yield ['address', () => checkAddress(new URL(issuer))];
    let keysAt = '';
    yield ['discovery', async () => {
      const { jwksUri = '', ...outcome } = await checkDiscovery(issuer);
      keysAt = jwksUri;
      return outcome;
    }];
    yield ['keys', () => checkKeys(keysAt, algorithms)];
  }

  function* checkJwt({ jwksUri, algorithms = usualAlgorithms }: JwtConfiguration): Steps {
    if (jwksUri === undefined) return; // its keys were checked when they were sent
    yield ['address', () => checkAddress(new URL(jwksUri))];
    yield ['keys', () => checkKeys(jwksUri, algorithms)];
  }

  function* stepsOf(provider: UsableProvider): Steps {
    yield ['secrets-complete', () => Promise.resolve(checkSecrets(provider))];
    const { configuration } = provider;
    if ('clientId' in configuration) yield* checkOidc(configuration);
    else if ('issuer' in configuration) yield* checkJwt(configuration);
  }

  return async (provider) => {
    const steps: LoginStep[] = [];
    for (const [step, check] of stepsOf(provider)) {
      const began = clock();
      const outcome = await check();
      steps.push({ step, ...outcome, milliseconds: Math.max(0, clock() - began) });
      if (!outcome.ok) break;
    }
    return steps;
  };
}

type Steps = Generator<readonly [step: string, check: () => Promise<Outcome>], void>;

function checkSecrets({ protocol, configuration, secrets }: UsableProvider): Outcome {
  const missing = secretNamesOf(protocol, configuration).filter((name) => secrets[name] === undefined);
  if (missing.length === 0) return { ok: true };
  const names = missing.join(', ');
  const repair = `Send secrets with ${names}: it was never sent, or a change of the issuer removed it.`;
  return { ok: false, expected: names, received: 'nothing', repair };
}

/** Rejects if the work takes longer. */
function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const limit = AbortSignal.timeout(milliseconds);
  return Promise.race([work, new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () => reject(new Error('This takes too long.')), { once: true });
  })]);
}

/** The repair of a failure on the way to an address; undefined for another failure. */
function repairOf(received: string, address: string): string | undefined {
  switch (received) {
    case 'address-not-allowed': return notAllowed;
    case 'redirect': return `Configure the address to which ${address} redirects: redirects are not followed.`;
    case 'timeout': case 'unreachable': return `Make ${address} reachable from Gatehouse, with a valid certificate.`;
    case 'too-large': return `Make ${address} answer with less than 1 MB.`;
    default: return undefined;
  }
}
