import { createHash } from 'node:crypto';
import { describeValue } from '../checks.ts';
import type { NamedCheck } from '../checks.ts';
import {
  alreadyValid, audienceRight, authorizedPartyRight, clockTolerance, issuedWithin, issuerRight, livesADay, notExpired, subjectRight,
} from './claim-checks.ts';
import { algorithmAllowed, keyKnown, noExtensions, signatureRight, typeAmong, verifySignedToken } from './signed-token.ts';
import type { ReceivedToken, TokenRules, TokenVerdict } from './signed-token.ts';

export interface IdTokenRules extends TokenRules {
  /** The nonce of the login. */
  readonly nonce: string;
  /** The access token that came with it. */
  readonly accessToken: string;
  /** The earliest time at which the person may have proved who they are, in s since 1970. Undefined if the request named no limit. */
  readonly authenticatedFrom?: number | undefined;
}

type IdTokenCheck = NamedCheck<ReceivedToken<IdTokenRules>>;

/** How old an ID token may be, in s. */
const maxAge = 600;

/** Says no value: the nonce of a login is a secret of one browser until the login ends. */
const nonceRight: IdTokenCheck = {
  step: 'nonce',
  findMismatch: ({ claims: { nonce }, rules }) => (nonce === rules.nonce
    ? null : { expected: 'the nonce of this login', received: nonce === undefined ? 'nothing' : 'another one' }),
};

const accessTokenRight: IdTokenCheck = {
  step: 'at_hash',
  findMismatch({ header: { alg }, claims: { at_hash: atHash }, rules: { accessToken } }) {
    if (atHash === undefined) return null;
    return atHash === leftHalf(hashOf(String(alg)), accessToken) ? null
      : { expected: 'the hash of the access token', received: 'another one' };
  },
};

const authenticatedRecently: IdTokenCheck = {
  step: 'auth_time',
  findMismatch({ claims: { auth_time: at }, rules: { authenticatedFrom: from, now } }) {
    if (from === undefined) return null;
    return typeof at === 'number' && at >= from - clockTolerance && at <= now + clockTolerance
      ? null : { expected: `a time from ${Math.floor(from)} on`, received: describeValue(at) };
  },
};

/** Every check of an ID token (OpenID Connect Core section 3.1.3.7, and what it leaves to the client), in their order. */
export const idTokenChecks: readonly IdTokenCheck[] = [
  noExtensions, typeAmong(['jwt'], true), algorithmAllowed, keyKnown, signatureRight, issuerRight, audienceRight, authorizedPartyRight,
  notExpired, issuedWithin(maxAge), livesADay, alreadyValid, nonceRight, subjectRight, accessTokenRight, authenticatedRecently,
];

/**
 * Verifies the ID token of a login. Never throws for what the token is: the last step names the check that did not hold.
 *
 * openid-client does not verify the signature of a token that comes from the token endpoint, so this is the only place where it is
 * verified. `checks` is for tests, which leave one out to see which case notices.
 */
export function verifyIdToken(token: string, rules: IdTokenRules, checks = idTokenChecks): Promise<TokenVerdict> {
  return verifySignedToken(token, rules, checks);
}

/** The hash of an algorithm, which its name ends with. Ed25519 uses SHA-512. */
function hashOf(algorithm: string): string {
  return algorithm.endsWith('256') ? 'sha256' : algorithm.endsWith('384') ? 'sha384' : 'sha512';
}

function leftHalf(hash: string, text: string): string {
  const digest = createHash(hash).update(text).digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
