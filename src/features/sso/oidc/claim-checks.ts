import { describeValue } from '../checks.ts';
import type { NamedCheck } from '../checks.ts';
import type { ReceivedToken } from './signed-token.ts';

/** How far the clock of a provider may be from this one, in s. */
export const clockTolerance = 5;

const day = 86_400;

/** A time of a claim, in s since 1970; undefined for anything that is no time. */
function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;
}

export const issuerRight: NamedCheck<ReceivedToken> = {
  step: 'iss',
  findMismatch: ({ claims: { iss }, rules: { issuer } }) => (iss === issuer ? null : { expected: issuer, received: describeValue(iss) }),
};

/** The audiences of a token; empty if the claim is not text or a list of texts. */
function audiencesOf(aud: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return all.every((each) => typeof each === 'string') ? all : [];
}

export const audienceRight: NamedCheck<ReceivedToken> = {
  step: 'aud',
  findMismatch: ({ claims: { aud }, rules: { audience } }) => (audiencesOf(aud).includes(audience)
    ? null : { expected: audience, received: describeValue(aud) }),
};

/** A token for several must say for whom it was made, and a token that was made for another client is not for this one. */
export const authorizedPartyRight: NamedCheck<ReceivedToken> = {
  step: 'azp',
  findMismatch({ claims: { aud, azp }, rules: { audience } }) {
    const isRight = azp === undefined ? audiencesOf(aud).length <= 1 : azp === audience;
    return isRight ? null : { expected: audience, received: describeValue(azp) };
  },
};

export const notExpired: NamedCheck<ReceivedToken> = {
  step: 'exp',
  findMismatch: ({ claims: { exp }, rules: { now } }) => ((timeOf(exp) ?? 0) > now - clockTolerance
    ? null : { expected: `a time after ${Math.floor(now)}`, received: describeValue(exp) }),
};

/** A token that was made long ago, or that is to be made later, was not made for this login. */
export const issuedWithin = (seconds: number): NamedCheck<ReceivedToken> => ({
  step: 'iat',
  findMismatch({ claims: { iat }, rules: { now } }) {
    const age = now - (timeOf(iat) ?? -Infinity);
    return age <= seconds && age >= -clockTolerance
      ? null : { expected: `at most ${seconds} s before ${Math.floor(now)}`, received: describeValue(iat) };
  },
});

/** Finds times in ms too. */
export const livesADay: NamedCheck<ReceivedToken> = {
  step: 'lifetime',
  findMismatch({ claims: { exp, iat } }) {
    const lifetime = (timeOf(exp) ?? Infinity) - (timeOf(iat) ?? 0);
    return lifetime <= day ? null : { expected: `at most ${day} s from iat to exp`, received: describeValue(lifetime) };
  },
};

export const alreadyValid: NamedCheck<ReceivedToken> = {
  step: 'nbf',
  findMismatch: ({ claims: { nbf }, rules: { now } }) => (nbf === undefined || (timeOf(nbf) ?? Infinity) <= now + clockTolerance
    ? null : { expected: `a time before ${Math.ceil(now)}`, received: describeValue(nbf) }),
};

/** Stored text cannot hold half of a surrogate pair: two subjects would be stored as one. */
const unstorable = /[\p{Cc}\p{Cs}]/u;

/** Whether it is text of 1 to 255 characters without control characters. */
export function isSubject(sub: unknown): sub is string {
  return typeof sub === 'string' && sub.length >= 1 && sub.length <= 255 && !unstorable.test(sub);
}

/** Says no value, because a subject names a person. */
export const subjectRight: NamedCheck<ReceivedToken> = {
  step: 'sub',
  findMismatch: ({ claims: { sub } }) => (isSubject(sub) ? null : {
    expected: 'text of 1 to 255 characters without control characters',
    received: typeof sub === 'string' ? `text of ${sub.length} characters` : describeValue(sub === null ? null : typeof sub),
  }),
};

/** A token for a login is of no use anywhere else. */
export const noNonce: NamedCheck<ReceivedToken> = {
  step: 'nonce',
  findMismatch: ({ claims }) => (Object.hasOwn(claims, 'nonce') ? { expected: 'no nonce', received: 'a nonce' } : null),
};
