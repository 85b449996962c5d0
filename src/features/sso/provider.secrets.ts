import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { openSealed, seal } from '../../platform/sealed.ts';
import type { Sealed } from '../../platform/sealed.ts';
import type { OidcConfiguration, Protocol, ProviderConfiguration } from './provider.types.ts';

/** Secrets by their names. */
export type Secrets = Readonly<Record<string, string>>;

/** The secrets of providers: sealed under their place, so that a sealed value of another provider or field does not open. */
export interface ProviderSecrets {
  seal(providerId: string, secrets: Secrets): Record<string, Sealed>;
  /** Throws if one of them was sealed with another KEY_ENCRYPTION_KEY or for another place. */
  open(providerId: string, sealed: Readonly<Record<string, Sealed>>): Secrets;
}

/** Creates the sealing of the secrets of providers under KEY_ENCRYPTION_KEY. */
export function createProviderSecrets(key: KeyObject): ProviderSecrets {
  const placeOf = (providerId: string, name: string) => `identityProviders:${providerId}:${name}`;
  return {
    seal: (providerId, secrets) => mapped(secrets, (text, name) => seal(Buffer.from(text), placeOf(providerId, name), key)),
    open: (providerId, sealed) => mapped(sealed, (value, name) => openSealed(value, placeOf(providerId, name), key).toString('utf8')),
  };
}

/** The names of the secrets that a provider with this configuration needs. */
export function secretNamesOf(protocol: Protocol, configuration: ProviderConfiguration): readonly string[] {
  if (protocol === 'HEADER') return ['headerSecret'];
  if (protocol === 'JWT') return [];
  const { clientAuthentication } = configuration as OidcConfiguration; // as the validation of this protocol made it
  return [clientAuthentication === 'private_key_jwt' ? 'privateKey' : 'clientSecret'];
}

/** The fault of a secret, as the rest of a sentence; undefined if it can be used. */
export function secretFault(name: string, text: string): string | undefined {
  if (name === 'headerSecret') {
    return /^[\x21-\x7e]{32,256}$/.test(text) ? undefined : 'must have 32 to 256 ASCII characters without spaces';
  }
  if (name === 'privateKey') return privateKeyFault(text);
  return /^[\x20-\x7e]{1,1024}$/.test(text) ? undefined : 'must have 1 to 1024 ASCII characters';
}

/** The fault of a public key in PEM; undefined if it can verify signatures. */
export function publicKeyFault(pem: string): string | undefined {
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(pem)) return 'must be a public key in PEM, which begins with -----BEGIN PUBLIC KEY-----';
  return keyFault(() => createPublicKey(pem));
}

/** PKCS #8 in PEM, or a JWK as text. */
function privateKeyFault(text: string): string | undefined {
  if (text.trimStart().startsWith('{')) return keyFault(() => createPrivateKey({ key: JSON.parse(text) as never, format: 'jwk' }));
  return keyFault(() => createPrivateKey(text));
}

const curves: readonly unknown[] = ['prime256v1', 'secp384r1', 'secp521r1'];

function keyFault(read: () => KeyObject): string | undefined {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} } = read();
    const isStrong = (type === 'rsa' && modulusLength >= 2_048 && modulusLength <= 8_192) || (type === 'ec' && curves.includes(namedCurve))
      || type === 'ed25519';
    return isStrong ? undefined : 'must be an RSA key of 2048 to 8192 bits, an EC key on P-256, P-384 or P-521, or an Ed25519 key';
  } catch {
    return 'is no key that can be read: send PEM without a password, or a JWK as text';
  }
}

function mapped<T, U>(values: Readonly<Record<string, T>>, convert: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, convert(value, name)]));
}
