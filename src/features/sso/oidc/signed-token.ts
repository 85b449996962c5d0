import type { KeyObject } from 'node:crypto';
import { compactVerify } from 'jose';
import { AppError } from '../../../errors/errors.ts';
import { parseCompact } from '../../../tokens/compact-jws.ts';
import { parseStrictObject } from '../../../tokens/strict-json.ts';
import type { ForeignKey } from '../../../tokens/verification-key.ts';
import { allHold, describeValue, runChecks } from '../checks.ts';
import type { NamedCheck, CheckedStep } from '../checks.ts';

/** The public keys of a provider, found by their name alone. */
export interface ProviderKeys {
  /** Fetches the keys unless they were fetched a short time ago. Throws `keys-unreachable`. */
  freshen(): Promise<void>;
  /** Fetches the keys again if this one is unknown. Throws `keys-unreachable`. */
  learn(kid: string): Promise<boolean>;
  verificationKey(kid: string): Pick<ForeignKey, 'publicKey' | 'algorithms'> | undefined;
}

/** What a token must be, whatever its kind and its keys. */
export interface BaseRules {
  readonly issuer: string;
  readonly audience: string;
  /** Never none, and no algorithm with a shared secret. */
  readonly algorithms: readonly string[];
  /** s since 1970 */
  readonly now: number;
}

/** What a token must be that selects a key of the provider by its `kid`. */
export interface TokenRules extends BaseRules {
  readonly keys: ProviderKeys;
}

/** A token whose form is right. Nothing in it may be trusted before every check holds. */
export interface ReceivedToken<R extends BaseRules = BaseRules> {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly rules: R;
}

export type TokenVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** Large enough for a token with 1,000 groups. */
export const maxForeignBytes = 65_536;

/**
 * Verifies a token of a provider by a list of checks. Never throws for what the token is.
 *
 * The headers `jku`, `x5u`, `x5c` and `jwk` are never read: a token selects a key by its `kid`, among the keys of the provider.
 */
export async function verifySignedToken<R extends BaseRules>(
  token: string, rules: R, checks: readonly NamedCheck<ReceivedToken<R>>[],
): Promise<TokenVerdict> {
  const parsed = parseCompact(token, maxForeignBytes);
  const claims = parsed && parseStrictObject(parsed.payload);
  if (!claims) return { ok: false, steps: [{ step: 'form', ok: false, expected: 'a JWT of three parts, each member once' }] };
  const steps = [{ step: 'form', ok: true }, ...await runChecks(checks, { token, header: parsed.header, claims, rules })];
  return allHold(steps) ? { ok: true, steps, claims } : { ok: false, steps };
}

/** No extension is supported, so none may be required. `b64` would change what is signed. */
export const noExtensions: NamedCheck<ReceivedToken> = {
  step: 'crit',
  findMismatch: ({ header }) => (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')
    ? { expected: 'no crit and no b64', received: `crit ${describeValue(header['crit'])}, b64 ${describeValue(header['b64'])}` } : null),
};

/** Letter case does not count in a `typ`, and `application/` may be left out (RFC 7515 section 4.1.9). */
export const typeAmong = (allowed: readonly string[], mayBeAbsent: boolean): NamedCheck<ReceivedToken> => ({
  step: 'typ',
  findMismatch({ header: { typ } }) {
    const isAllowed = typ === undefined ? mayBeAbsent
      : typeof typ === 'string' && allowed.includes(typ.toLowerCase().replace(/^application\//, ''));
    return isAllowed ? null : { expected: [...mayBeAbsent ? ['nothing'] : [], ...allowed].join(' or '), received: describeValue(typ) };
  },
});

export const algorithmAllowed: NamedCheck<ReceivedToken> = {
  step: 'alg',
  findMismatch: ({ header: { alg }, rules: { algorithms } }) => (typeof alg === 'string' && algorithms.includes(alg)
    ? null : { expected: algorithms.join(' or '), received: describeValue(alg) }),
};

export const keyKnown: NamedCheck<ReceivedToken<TokenRules>> = {
  step: 'key',
  async findMismatch({ header: { kid, alg }, rules: { keys } }) {
    if (typeof kid !== 'string') return { expected: 'the kid of a key of the provider', received: describeValue(kid) };
    try {
      await keys.freshen();
      if (!keys.verificationKey(kid)) await keys.learn(kid);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return { expected: 'the keys of the provider', received: 'no usable answer' };
    }
    const key = keys.verificationKey(kid);
    if (!key) return { expected: 'the kid of a key of the provider', received: describeValue(kid) };
    const isFitting = key.algorithms.some((each) => each === alg);
    return isFitting ? null
      : { expected: `${key.algorithms.join(' or ')}, for which the provider publishes the key`, received: describeValue(alg) };
  },
};

export const signatureRight: NamedCheck<ReceivedToken<TokenRules>> = {
  step: 'signature',
  async findMismatch({ token, header: { kid, alg }, rules: { keys } }) {
    const key = typeof kid === 'string' && typeof alg === 'string' ? keys.verificationKey(kid) : undefined;
    const isSigned = key !== undefined && await isSignedBy(token, key.publicKey, String(alg));
    return isSigned ? null : { expected: 'a signature of the provider', received: 'another one' };
  },
};

/** A key of another kind than the algorithm needs, and one that is too short, sign nothing. */
export async function isSignedBy(token: string, key: KeyObject, algorithm: string): Promise<boolean> {
  if (key.type !== 'public') return false;
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
    return true;
  } catch {
    return false;
  }
}
