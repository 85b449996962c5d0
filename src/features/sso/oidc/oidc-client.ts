import { createPrivateKey } from 'node:crypto';
import type { JsonWebKey } from 'node:crypto';
import {
  ClientSecretBasic, ClientSecretPost, Configuration, PrivateKeyJwt, allowInsecureRequests, clockSkew, clockTolerance, customFetch,
} from 'openid-client';
import type { ClientAuth, CryptoKey, CustomFetch } from 'openid-client';
import type { OidcConfiguration, SigningAlgorithm } from '../provider.types.ts';
import { clockTolerance as tolerance } from './claim-checks.ts';
import type { ProviderMetadata } from './provider-metadata.ts';

/** Gatehouse as a client of a provider. */
export interface OidcClientSettings {
  readonly configuration: OidcConfiguration;
  readonly secrets: Readonly<Record<string, string>>;
  readonly metadata: ProviderMetadata;
  readonly fetch: CustomFetch;
  /** ms since 1970 */
  readonly clock: () => number;
  readonly allowsHttp: boolean;
}

const defaultAlgorithms: readonly SigningAlgorithm[] = ['RS256'];
const timeoutSeconds = 5;

/** The algorithms in which a provider may sign. */
export function algorithmsOf({ algorithms = defaultAlgorithms }: Pick<OidcConfiguration, 'algorithms'>): readonly SigningAlgorithm[] {
  return algorithms;
}

/** Creates the client of one login. Throws a TypeError if its secret is missing, or is no private key where one is needed. */
export async function createOidcClient(
  { configuration, secrets, metadata, fetch, clock, allowsHttp }: OidcClientSettings,
): Promise<Configuration> {
  const server = { ...metadata, id_token_signing_alg_values_supported: [...algorithmsOf(configuration)] };
  const client = new Configuration(server, configuration.clientId, {
    [clockSkew]: Math.round((clock() - Date.now()) / 1_000), [clockTolerance]: tolerance,
  }, await authenticationOf(configuration, secrets));
  client[customFetch] = fetch;
  client.timeout = timeoutSeconds;
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody does it in production, where it is not done
  if (allowsHttp) allowInsecureRequests(client);
  return client;
}

async function authenticationOf(
  { clientAuthentication: method }: OidcConfiguration, secrets: Readonly<Record<string, string>>,
): Promise<ClientAuth> {
  const name = method === 'private_key_jwt' ? 'privateKey' : 'clientSecret';
  const secret = secrets[name];
  if (secret === undefined) throw new TypeError(`The provider has no secret ${name}.`);
  if (method === 'basic') return ClientSecretBasic(secret);
  return method === 'post' ? ClientSecretPost(secret) : PrivateKeyJwt({ key: await importPrivateKey(secret) });
}

/** Imports a private key in PEM, or a JWK as text: RSA for RS256, or a curve for the algorithm of that curve. */
async function importPrivateKey(text: string): Promise<CryptoKey> {
  const isJwk = text.trimStart().startsWith('{');
  const key = isJwk ? createPrivateKey({ key: JSON.parse(text) as JsonWebKey, format: 'jwk' }) : createPrivateKey(text);
  const curve = new Map([['prime256v1', 'P-256'], ['secp384r1', 'P-384'], ['secp521r1', 'P-521']]).get(
    key.asymmetricKeyDetails?.namedCurve ?? '',
  );
  const algorithm = key.asymmetricKeyType === 'ed25519' ? { name: 'Ed25519' }
    : curve === undefined ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', namedCurve: curve };
  return crypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']);
}
