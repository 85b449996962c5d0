import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { makeCertificate } from './self-signed-certificate.ts';

/** A key of ours for one provider. Both parts are PEM. */
export interface OwnSamlKey {
  readonly privateKey: string;
  readonly certificate: string;
}

/** The keys of ours at one provider. Both are published and both open assertions; the current one signs. */
export interface OwnSamlKeys {
  readonly current: OwnSamlKey;
  readonly next?: OwnSamlKey;
}

const years = 5;

/** Makes a key of 3072 bits with a certificate that is valid for 5 years from `now` (ms since 1970) on. */
export async function makeOwnKey(commonName: string, now: number): Promise<OwnSamlKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3_072 });
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + years);
  const from = new Date(now - 86_400_000); // a provider whose clock is behind takes it too
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: makeCertificate({ privateKey, commonName, from, until }),
  };
}

/** All keys of ours, the current one first. */
export function allKeysOf({ current, next }: OwnSamlKeys): readonly OwnSamlKey[] {
  return next ? [current, next] : [current];
}

/** The next key becomes the current one, and the current one the next: it still opens assertions. Null without a next one. */
export function switchKeys({ current, next }: OwnSamlKeys): OwnSamlKeys | null {
  return next ? { current: next, next: current } : null;
}
