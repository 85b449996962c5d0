import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { parseStrictObject } from './strict-json.ts';

/** Every algorithm of jsonwebtoken with a public key: never "none", and no shared secret. */
export type JwsAlgorithm = Exclude<jwt.Algorithm, 'none' | 'HS256' | 'HS384' | 'HS512'>;

/** A parsed token. Its signature is not checked yet, so nothing in it may be trusted. */
export interface ParsedJws {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

export interface JwsRules {
  /** A public key. The token must not choose it, except by a look-up of its `kid` among known keys. */
  readonly key: KeyObject;
  /** The only algorithm of this key. */
  readonly algorithm: JwsAlgorithm;
  /** The exact `typ` of the header; if absent, any is accepted. */
  readonly typ?: string;
}

export type JwsFailure = 'malformed' | 'header-unsupported' | 'algorithm-wrong' | 'type-wrong' | 'key-weak' | 'signature-wrong';

export type JwsResult =
  | { readonly ok: true; readonly header: ParsedJws['header']; readonly payload: Buffer }
  | { readonly ok: false; readonly failure: JwsFailure };

const defaultMaxBytes = 8192;

/**
 * Takes a compact token apart, to look up its key by the `kid` of its header.
 *
 * Returns undefined for more than `maxBytes`, and for anything but three base64url parts in their one canonical spelling with a JSON object as
 * header, none of whose members is repeated.
 */
export function parseCompact(token: string, maxBytes = defaultMaxBytes): ParsedJws | undefined {
  // Counting characters instead of bytes is safe, since text that is not ASCII is refused below.
  if (token.length > maxBytes) return undefined;
  const parts = token.split('.', 4);
  if (parts.length !== 3) return undefined;
  const [headerBytes, payload, signature] = parts.map(decodeCanonical);
  if (!headerBytes || !payload || !signature) return undefined;
  const header = parseStrictObject(headerBytes);
  return header && { token, header, payload, signature };
}

/**
 * Verifies a JWS in compact serialization (RFC 7515 section 5.2) with one public key and one algorithm, after {@link parseCompact}.
 *
 * Never throws. Refuses other algorithms than the given one, `crit` and `b64` (no extension is supported), another `typ`, an
 * empty payload, secret and private keys, and RSA keys below the size of RFC 7518 (section 3.3). Keys in the token itself
 * (`jwk`, `jku`, `x5c`, `x5u`) are ignored. Claims are not read: the calling code must check `exp` and others.
 */
export function verifyParsed(parsed: ParsedJws, rules: JwsRules): JwsResult {
  const failure = failureOf(parsed, rules);
  return failure ? { ok: false, failure } : { ok: true, header: parsed.header, payload: parsed.payload };
}

function failureOf(parsed: ParsedJws, { key, algorithm, typ }: JwsRules): JwsFailure | undefined {
  const { header } = parsed;
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return 'header-unsupported';
  if (header['alg'] !== algorithm) return 'algorithm-wrong';
  if (typ !== undefined && header['typ'] !== typ) return 'type-wrong';
  if (isWeak(key)) return 'key-weak';
  return isSigned(parsed, key, algorithm) ? undefined : 'signature-wrong';
}

/** jsonwebtoken checks key sizes when it signs, not when it verifies. */
function isWeak(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048;
}

/** The type of the key is checked here too, so that a secret could never verify, whatever algorithm were asked for. */
function isSigned({ token }: ParsedJws, key: KeyObject, algorithm: JwsAlgorithm): boolean {
  if (key.type !== 'public') return false;
  try {
    jwt.verify(token, key, { algorithms: [algorithm], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

/** Node ignores invalid characters and unused bits. Encoding the bytes again shows whether there were any. */
function decodeCanonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
