import { verify } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { describeValue } from '../../checks.ts';
import type { Mismatch } from '../../checks.ts';
import { readBase64, readUtf8 } from '../xml/read-base64.ts';

/** A message that came in the query of an address, whose signature is true. */
export interface RedirectMessage {
  readonly kind: 'SAMLRequest' | 'SAMLResponse';
  readonly text: string;
  readonly relayState?: string;
}

export type ReadRedirect = { readonly message: RedirectMessage } | { readonly step: string; readonly mismatch: Mismatch };

/** The largest message, once inflated. */
export const maxMessage = 65_536;
const maxQuery = 32_768;
const names = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature'];
const hashes: Readonly<Record<string, string>> = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': 'sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
};
const refusal = (step: string, expected: string, received = 'another one'): ReadRedirect => ({ step, mismatch: { expected, received } });

/** The parameters as they are written; null for one that is unknown, stands twice, or has its name in another spelling. */
function rawParameters(query: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  for (const part of query.split('&')) {
    const [, name = '', value = ''] = /^([A-Za-z]+)=(.*)$/s.exec(part) ?? [];
    if (!names.includes(name) || found.has(name)) return null;
    found.set(name, value);
  }
  return found;
}

function decode(written: string | undefined): string | null {
  try {
    return written === undefined ? null : decodeURIComponent(written.replaceAll('+', '%20'));
  } catch {
    return null;
  }
}

/** The text that is signed: the values as they are written, in the order of the standard. */
function signedTextOf(parameters: ReadonlyMap<string, string>, kind: RedirectMessage['kind']): string {
  const signed = [kind, 'RelayState', 'SigAlg'].filter((name) => parameters.has(name));
  return signed.map((name) => `${name}=${parameters.get(name) ?? ''}`).join('&');
}

function isSigned(text: string, signature: Buffer, hash: string, keys: readonly string[]): boolean {
  return keys.some((key) => {
    try {
      return verify(hash, Buffer.from(text), key, signature);
    } catch {
      return false;
    }
  });
}

function inflate(bytes: Buffer): string | null {
  try {
    return readUtf8(inflateRawSync(bytes, { maxOutputLength: maxMessage }));
  } catch {
    return null;
  }
}

/**
 * Reads a message of the redirect binding (SAML Bindings section 3.4) from the query as it came. The signature must be there, and is
 * verified over the raw text before anything is inflated. Never throws for what was sent.
 */
export function readRedirect(rawQuery: string, keys: readonly string[]): ReadRedirect {
  const parameters = rawQuery.length <= maxQuery ? rawParameters(rawQuery) : null;
  if (!parameters) return refusal('query', `${names.join(', ')}, each at most once and in plain spelling`);
  const kinds = (['SAMLRequest', 'SAMLResponse'] as const).filter((name) => parameters.has(name));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) return refusal('query', 'SAMLRequest or SAMLResponse', `${kinds.length} of them`);
  const algorithm = decode(parameters.get('SigAlg'));
  const hash = algorithm !== null && Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
  if (hash === undefined) return refusal('algorithm', 'a SigAlg of RSA and SHA-2', describeValue(algorithm ?? undefined));
  const signature = readBase64(decode(parameters.get('Signature')) ?? '', 2_048);
  if ('mismatch' in signature || !isSigned(signedTextOf(parameters, kind), signature.bytes, hash, keys)) {
    return refusal('signature', 'the signature of a key of the provider');
  }
  const packed = readBase64(decode(parameters.get(kind)) ?? '', maxQuery);
  const text = 'mismatch' in packed ? null : inflate(packed.bytes);
  if (text === null) return refusal('form', `a compressed message of at most ${maxMessage} bytes`);
  const relayState = decode(parameters.get('RelayState'));
  return { message: { kind, text, ...(relayState !== null && { relayState }) } };
}
