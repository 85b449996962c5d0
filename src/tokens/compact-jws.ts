import { constants, createHmac, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { parseStrictObject } from './strict-json.ts';

/** Every signature algorithm that jsonwebtoken knows, but never "none". */
export type JwsAlgorithm = Exclude<jwt.Algorithm, 'none'>;

/** A parsed token. Its signature is not checked yet, so nothing in it may be trusted. */
export interface ParsedJws {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

export interface JwsRules {
  /** A public or secret key. The token must not choose it, except by a look-up of its `kid` among known keys. */
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
 * Verifies a JWS in compact serialization (RFC 7515 section 5.2) with one key and one algorithm.
 *
 * Never throws. Refuses other algorithms than the given one, `crit` and `b64` (no extension is supported), another `typ`, more
 * than `maxBytes`, base64url that is not canonical, repeated header members, the JSON serialization, and keys below the sizes of
 * RFC 7518 (sections 3.2 and 3.3). Keys in the token itself (`jwk`, `jku`, `x5c`, `x5u`) are ignored. Claims are not read: the
 * calling code must check `exp` and others.
 */
export function verifyCompact(token: string, rules: JwsRules & { readonly maxBytes?: number }): JwsResult {
  const parsed = parseCompact(token, rules.maxBytes);
  return parsed ? verifyParsed(parsed, rules) : { ok: false, failure: 'malformed' };
}

/** Parses a compact token; undefined if it is too long or not three canonical base64url parts with a JSON object as header. */
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

/** The second half of `verifyCompact`, for code that looks up the key by the `kid` of the parsed header. */
export function verifyParsed(parsed: ParsedJws, rules: JwsRules): JwsResult {
  const failure = failureOf(parsed, rules);
  return failure ? { ok: false, failure } : { ok: true, header: parsed.header, payload: parsed.payload };
}

function failureOf(parsed: ParsedJws, { key, algorithm, typ }: JwsRules): JwsFailure | undefined {
  const { header } = parsed;
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) return 'header-unsupported';
  if (header['alg'] !== algorithm) return 'algorithm-wrong';
  if (typ !== undefined && header['typ'] !== typ) return 'type-wrong';
  if (isWeak(key, algorithm)) return 'key-weak';
  return isSigned(parsed, key, algorithm) ? undefined : 'signature-wrong';
}

/** jsonwebtoken checks key sizes when it signs, not when it verifies. */
function isWeak(key: KeyObject, algorithm: JwsAlgorithm): boolean {
  if (key.type === 'secret') return (key.symmetricKeySize ?? 0) * 8 < Number(algorithm.slice(2));
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048;
}

function isSigned(parsed: ParsedJws, key: KeyObject, algorithm: JwsAlgorithm): boolean {
  try {
    if (parsed.payload.length === 0) return isEmptySigned(parsed, key, algorithm);
    jwt.verify(parsed.token, key, { algorithms: [algorithm], ignoreExpiration: true, ignoreNotBefore: true });
    return true;
  } catch {
    return false;
  }
}

/** jsonwebtoken refuses every empty payload as malformed; RFC 7515 allows it. */
function isEmptySigned({ token, signature }: ParsedJws, key: KeyObject, algorithm: JwsAlgorithm): boolean {
  const hash = `sha${algorithm.slice(2)}`;
  const input = Buffer.from(token.slice(0, token.lastIndexOf('.')));
  switch (algorithm.slice(0, 2)) {
    case 'HS': {
      const expected = createHmac(hash, key).update(input).digest();
      return expected.length === signature.length && timingSafeEqual(expected, signature);
    }
    case 'RS': return key.asymmetricKeyType === 'rsa' && verify(hash, input, key, signature);
    case 'PS': return key.asymmetricKeyType === 'rsa' && verify(hash, input, { key, ...pssPadding }, signature);
    default: return key.asymmetricKeyDetails?.namedCurve === curves[algorithm]
      && verify(hash, input, { key, dsaEncoding: 'ieee-p1363' }, signature);
  }
}

const pssPadding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const curves: Partial<Record<JwsAlgorithm, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };

/** Node ignores invalid characters and unused bits. Encoding the bytes again shows whether there were any. */
function decodeCanonical(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
