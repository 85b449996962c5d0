import { verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { parseStrictObject } from './strict-json.ts';

/** Every algorithm of jsonwebtoken with a public key, and EdDSA. "none" and algorithms with a shared secret are excluded. */
export type JwsAlgorithm = Exclude<jwt.Algorithm, 'none' | 'HS256' | 'HS384' | 'HS512'> | 'EdDSA';

/** A parsed token. Its signature is not checked yet, so nothing in it may be trusted. */
export interface ParsedJws {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

export interface JwsRules {
  /** A public key. A token may select it only by its `kid`, among the known keys. */
  readonly key: KeyObject;
  /** The only algorithm of this key. */
  readonly algorithm: JwsAlgorithm;
  /** The required `typ` of the header. If absent, any `typ` is accepted. */
  readonly typ?: string;
}

export type JwsFailure = 'malformed' | 'header-unsupported' | 'algorithm-wrong' | 'type-wrong' | 'key-weak' | 'signature-wrong';

export type JwsResult =
  | { readonly ok: true; readonly header: ParsedJws['header']; readonly payload: Buffer }
  | { readonly ok: false; readonly failure: JwsFailure };

const defaultMaxBytes = 8192;

/**
 * Splits a compact token into its parts, so that its key can be looked up by the `kid` of its header.
 *
 * The token must have at most `maxBytes` and consist of three canonical base64url parts. The header must be a JSON object without
 * repeated members. Returns undefined for anything else.
 */
export function parseCompact(token: string, maxBytes = defaultMaxBytes): ParsedJws | undefined {
  // The number of characters equals the number of bytes, because text that is not ASCII is refused below.
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

/** Checks the type of the key too, so that a secret can never verify a signature, even with a wrong algorithm in the rules. */
function isSigned({ token, signature }: ParsedJws, key: KeyObject, algorithm: JwsAlgorithm): boolean {
  if (key.type !== 'public') return false;
  // jsonwebtoken does not know EdDSA (RFC 8037 section 3.1).
  if (algorithm === 'EdDSA') {
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(token.slice(0, token.lastIndexOf('.'))), key, signature);
  }
  try {
    jwt.verify(token, key, { algorithms: [algorithm], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

/** Decodes canonical base64url. Node ignores invalid characters and unused bits, so the bytes are encoded again and compared. */
function decodeCanonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
