import { describeValue } from '../checks.ts';
import type { NamedCheck, CheckedStep } from '../checks.ts';
import {
  alreadyValid, audienceRight, isSubject, issuedWithin, issuerRight, livesADay, noNonce, notExpired,
} from './claim-checks.ts';
import { algorithmAllowed, keyKnown, noExtensions, signatureRight, typeAmong, verifySignedToken } from './signed-token.ts';
import type { ReceivedToken, TokenRules } from './signed-token.ts';

/** What a logout token asks for: the end of one session of the provider, or of all sessions of one person there. */
export interface LogoutOrder {
  /** The provider's name of a session. */
  readonly sid?: string;
  /** The provider's name of a person. */
  readonly sub?: string;
  /** The name of the token, which counts once. */
  readonly jti: string;
}

export type LogoutVerdict =
  | { readonly ok: true; readonly steps: readonly CheckedStep[]; readonly order: LogoutOrder }
  | { readonly ok: false; readonly steps: readonly CheckedStep[] };

/** How old a logout token may be, in s. */
const maxAge = 120;
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const eventRight: NamedCheck<ReceivedToken> = {
  step: 'events',
  findMismatch({ claims: { events } }) {
    const event = isObject(events) && Object.hasOwn(events, logoutEvent) ? events[logoutEvent] : null;
    return isObject(event) ? null : { expected: `an object with ${logoutEvent}`, received: describeValue(events) };
  },
};

const nameRight: NamedCheck<ReceivedToken> = {
  step: 'jti',
  findMismatch: ({ claims: { jti } }) => (isSubject(jti)
    ? null : { expected: 'text of 1 to 255 characters', received: describeValue(jti) }),
};

/** Says no value, because a subject names a person. */
const sessionOrPerson: NamedCheck<ReceivedToken> = {
  step: 'sub',
  findMismatch({ claims: { sub, sid } }) {
    const isRight = (sub !== undefined || sid !== undefined) && [sub, sid].every((each) => each === undefined || isSubject(each));
    return isRight ? null : { expected: 'sub or sid, text of 1 to 255 characters', received: 'neither, or another form' };
  },
};

/** Every check of a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6), in their order. */
export const logoutTokenChecks: readonly NamedCheck<ReceivedToken<TokenRules>>[] = [
  noExtensions, typeAmong(['logout+jwt'], false), algorithmAllowed, keyKnown, signatureRight, issuerRight, audienceRight, notExpired,
  issuedWithin(maxAge), livesADay, alreadyValid, eventRight, noNonce, nameRight, sessionOrPerson,
];

/**
 * Verifies a logout token. Never throws for what the token is: the last step names the check that did not hold.
 *
 * Whether its `jti` came before is for the calling code, which stores it.
 */
export async function verifyLogoutToken(token: string, rules: TokenRules, checks = logoutTokenChecks): Promise<LogoutVerdict> {
  const verdict = await verifySignedToken(token, rules, checks);
  if (!verdict.ok) return verdict;
  const { sid, sub, jti } = verdict.claims;
  const order: LogoutOrder = {
    jti: String(jti), ...(typeof sid === 'string' && { sid }), ...(typeof sub === 'string' && { sub }),
  };
  return { ok: true, steps: verdict.steps, order };
}
