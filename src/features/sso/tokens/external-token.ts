import { AppError } from '../../../errors/errors.ts';
import type { CandidateKey, ForeignKeys } from '../../../tokens/foreign-keys.ts';
import { describeValue } from '../checks.ts';
import type { NamedCheck } from '../checks.ts';
import {
  alreadyValid, audienceRight, issuedWithin, issuerRight, livesADay, noNonce, notExpired, subjectRight,
} from '../oidc/claim-checks.ts';
import { algorithmAllowed, isSignedBy, noExtensions, typeAmong, verifySignedToken } from '../oidc/signed-token.ts';
import type { BaseRules, ReceivedToken, TokenVerdict } from '../oidc/signed-token.ts';

export interface ExternalTokenRules extends BaseRules {
  readonly keys: ForeignKeys;
  /** The claim that names the tenant at the provider, and its only value. Absent: the provider serves this tenant alone. */
  readonly tenant?: { readonly claim: string; readonly value: string };
}

type ExternalTokenCheck = NamedCheck<ReceivedToken<ExternalTokenRules>>;

/** No token lives longer than a day, so an older one has expired. */
const maxAge = 86_400;

/** Null if the keys cannot be reached. */
async function candidatesOf({ header, rules: { keys } }: ReceivedToken<ExternalTokenRules>): Promise<readonly CandidateKey[] | null> {
  try {
    return await keys.candidates(header);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Nothing but `alg` and `kid` of the header selects keys. */
const keyKnown: ExternalTokenCheck = {
  step: 'key',
  async findMismatch(received) {
    const candidates = await candidatesOf(received);
    if (candidates === null) return { expected: 'the keys of the provider', received: 'no usable answer' };
    return candidates.length > 0 ? null
      : { expected: 'a key of the provider for this kid and algorithm', received: describeValue(received.header['kid']) };
  },
};

const signatureRight: ExternalTokenCheck = {
  step: 'signature',
  async findMismatch(received) {
    for (const { key, algorithm } of await candidatesOf(received) ?? []) {
      if (await isSignedBy(received.token, key, algorithm)) return null;
    }
    return { expected: 'a signature of the provider', received: 'another one' };
  },
};

/** A logout token or another security event is no access token. */
const noEvents: ExternalTokenCheck = {
  step: 'events',
  findMismatch: ({ claims }) => (Object.hasOwn(claims, 'events') ? { expected: 'no events', received: 'events' } : null),
};

/** A token that is bound to a key counts only together with a proof of that key (RFC 7800), which is not read here. */
const notBound: ExternalTokenCheck = {
  step: 'cnf',
  findMismatch: ({ claims }) => (Object.hasOwn(claims, 'cnf')
    ? { expected: 'a token that is bound to no key', received: 'a bound one' } : null),
};

const tenantRight: ExternalTokenCheck = {
  step: 'tenant',
  findMismatch({ claims, rules: { tenant } }) {
    if (!tenant) return null;
    const value = Object.hasOwn(claims, tenant.claim) ? claims[tenant.claim] : undefined;
    return value === tenant.value ? null : { expected: `${tenant.claim} ${tenant.value}`, received: describeValue(value) };
  },
};

/**
 * Every check of an access token of a provider, in their order: those of an ID token, except what belongs to one login. `azp` names
 * the client for which the provider made the token, so it is another one than Gatehouse.
 */
export const externalTokenChecks: readonly ExternalTokenCheck[] = [
  noExtensions, typeAmong(['jwt', 'at+jwt'], true), algorithmAllowed, keyKnown, signatureRight, issuerRight, audienceRight, notExpired,
  issuedWithin(maxAge), livesADay, alreadyValid, noNonce, noEvents, notBound, subjectRight, tenantRight,
];

/**
 * Verifies an access token that a provider issued. Never throws for what the token is: the last step names the check that did not hold.
 *
 * An ID token and a logout token are refused: a service that receives one of these could otherwise act as the person. `checks` is for
 * tests.
 */
export function verifyExternalToken(token: string, rules: ExternalTokenRules, checks = externalTokenChecks): Promise<TokenVerdict> {
  return verifySignedToken(token, rules, checks);
}
