import type { Element } from '@xmldom/xmldom';
import { describeValue } from '../../checks.ts';
import type { NamedCheck } from '../../checks.ts';
import { isSubject } from '../../oidc/claim-checks.ts';
import { attributeOf, childElements, isNamed, onlyChild, plainText } from '../xml/elements.ts';
import { clockSkew, readInstant } from '../xml/instants.ts';
import type { VerifiedAnswer } from './answer.types.ts';
import { maxAssertionAge } from './verify-signature.ts';

type AssertionCheck = NamedCheck<VerifiedAnswer>;

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const entityFormat = 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity';
/** How old an assertion that nobody asked for may be, in ms. */
const maxUnsolicitedAge = 60_000;
const day = 86_400_000;

/** The one confirmation of the subject; null if there are none, or several. */
function confirmationOf(assertion: Element): Element | null {
  return onlyChild(onlyChild(assertion, 'assertion', 'Subject'), 'assertion', 'SubjectConfirmation');
}

function confirmationDataOf(assertion: Element): Element | null {
  return onlyChild(confirmationOf(assertion), 'assertion', 'SubjectConfirmationData');
}

const isoOf = (at: number) => new Date(at).toISOString();

const issuerRight: AssertionCheck = {
  step: 'issuer',
  findMismatch({ response, assertion, rules: { issuer } }) {
    const around = childElements(response).filter((child) => child.localName === 'Issuer');
    const bad = [onlyChild(assertion, 'assertion', 'Issuer'), ...around].find((each) => (
      plainText(each) !== issuer || ![null, entityFormat].includes(attributeOf(each, 'Format'))));
    return bad === undefined ? null : { expected: issuer, received: describeValue(plainText(bad) ?? undefined) };
  },
};

/** A signed response without a destination could be brought to any service (SAML Bindings section 3.5.5.2). */
const destinationRight: AssertionCheck = {
  step: 'destination',
  findMismatch({ response, rules: { acsUrl } }) {
    const destination = attributeOf(response, 'Destination');
    const mayLack = onlyChild(response, 'signature', 'Signature') === null;
    const isRight = destination === null ? mayLack : destination === acsUrl;
    return isRight ? null : { expected: acsUrl, received: describeValue(destination ?? undefined) };
  },
};

const confirmedByBearer: AssertionCheck = {
  step: 'confirmation',
  findMismatch({ assertion }) {
    const method = attributeOf(confirmationOf(assertion), 'Method');
    return method === bearer && confirmationDataOf(assertion)
      ? null : { expected: 'one confirmation, by bearer, with its data', received: describeValue(method ?? undefined) };
  },
};

const recipientRight: AssertionCheck = {
  step: 'recipient',
  findMismatch({ assertion, rules: { acsUrl } }) {
    const recipient = attributeOf(confirmationDataOf(assertion), 'Recipient');
    return recipient === acsUrl ? null : { expected: acsUrl, received: describeValue(recipient ?? undefined) };
  },
};

/** Whether nobody asked for the answer, which then names no request anywhere. */
function isUnsolicited({ response, assertion }: Pick<VerifiedAnswer, 'response' | 'assertion'>): boolean {
  return [response, confirmationDataOf(assertion)].every((each) => attributeOf(each, 'InResponseTo') === null);
}

/** Says no value: the id of a request belongs to one browser until the login ends. */
const requestRight: AssertionCheck = {
  step: 'in-response-to',
  async findMismatch(answer) {
    const { response, assertion, rules } = answer;
    const named = [response, confirmationDataOf(assertion)].map((each) => attributeOf(each, 'InResponseTo'));
    if (rules.idpInitiated && isUnsolicited(answer)) return null;
    const [id] = named;
    const isRight = typeof id === 'string' && id !== '' && named.every((each) => each === id) && await rules.isOpenRequest(id);
    return isRight ? null : {
      expected: 'an open request of this provider, named by the response and by the confirmation',
      received: named.map((each) => (each === null ? 'nothing' : 'an id')).join(' and '),
    };
  },
};

const confirmedNow: AssertionCheck = {
  step: 'confirmation-time',
  findMismatch({ assertion, rules: { now } }) {
    const data = confirmationDataOf(assertion);
    return endsLater(data, now) && beganBefore(data, now)
      ? null : { expected: `NotOnOrAfter after ${isoOf(now)}`, received: describeValue(attributeOf(data, 'NotOnOrAfter') ?? undefined) };
  },
};

function endsLater(element: Element | null, now: number): boolean {
  return (readInstant(attributeOf(element, 'NotOnOrAfter')) ?? -Infinity) > now - clockSkew;
}

function beganBefore(element: Element | null, now: number): boolean {
  const from = attributeOf(element, 'NotBefore');
  return from === null || (readInstant(from) ?? Infinity) <= now + clockSkew;
}

const knownConditions = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];

/** A condition that is not understood makes an assertion invalid (SAML Core section 2.5.1). */
const conditionsHold: AssertionCheck = {
  step: 'conditions',
  findMismatch({ assertion, rules: { now } }) {
    const conditions = onlyChild(assertion, 'assertion', 'Conditions');
    const isKnown = conditions && childElements(conditions).every((child) => (
      knownConditions.some((name) => isNamed(child, 'assertion', name))));
    return isKnown && endsLater(conditions, now) && beganBefore(conditions, now)
      ? null : { expected: `known conditions that hold at ${isoOf(now)}`, received: 'others' };
  },
};

/** Without an end of its conditions, the library looks at no age. */
const issuedNow: AssertionCheck = {
  step: 'issue-instant',
  findMismatch(answer) {
    const { assertion, rules: { now } } = answer;
    const issued = attributeOf(assertion, 'IssueInstant');
    const age = now - (readInstant(issued) ?? -Infinity);
    const limit = (isUnsolicited(answer) ? maxUnsolicitedAge : maxAssertionAge) + clockSkew;
    return age <= limit && age >= -clockSkew ? null : {
      expected: `at most ${limit / 1_000} s before ${isoOf(now)}`, received: describeValue(issued ?? undefined),
    };
  },
};

const authenticatedNow: AssertionCheck = {
  step: 'authn-instant',
  findMismatch({ assertion, rules: { now, authenticatedFrom = now - day } }) {
    const statement = onlyChild(assertion, 'assertion', 'AuthnStatement');
    const written = attributeOf(statement, 'AuthnInstant');
    const at = readInstant(written) ?? -Infinity;
    const earliest = Math.max(authenticatedFrom, now - day) - clockSkew;
    return at >= earliest && at <= now + clockSkew
      ? null : { expected: `a time from ${isoOf(earliest)} on`, received: describeValue(written ?? undefined) };
  },
};

const sessionLasts: AssertionCheck = {
  step: 'session-time',
  findMismatch({ assertion, rules: { now } }) {
    const end = attributeOf(onlyChild(assertion, 'assertion', 'AuthnStatement'), 'SessionNotOnOrAfter');
    return end === null || (readInstant(end) ?? -Infinity) > now
      ? null : { expected: `a session that ends after ${isoOf(now)}`, received: describeValue(end) };
  },
};

/** The text that names the person; null if there is none. */
export function nameOf(assertion: Element): Element | null {
  return onlyChild(onlyChild(assertion, 'assertion', 'Subject'), 'assertion', 'NameID');
}

/** Says no value, because a subject names a person. */
const subjectRight: AssertionCheck = {
  step: 'subject',
  findMismatch({ assertion }) {
    const name = plainText(nameOf(assertion));
    return isSubject(name) && name.trim() === name ? null : {
      expected: 'a NameID of 1 to 255 characters without control characters and outer spaces',
      received: name === null ? 'nothing' : `text of ${name.length} characters`,
    };
  },
};

const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

/**
 * A person can ask the provider for a name of another format, by a request that is not ours but has its id. A name that people choose
 * themselves would then stand for the name of somebody else.
 */
const formatRight: AssertionCheck = {
  step: 'name-format',
  findMismatch({ assertion, rules: { nameIdFormat: expected } }) {
    const format = attributeOf(nameOf(assertion), 'Format') ?? unspecified;
    return expected === undefined || format === expected ? null : { expected, received: describeValue(format) };
  },
};

/** Every check of a signed assertion and of the response around it, in their order (SAML Profiles section 4.1.4). */
export const assertionChecks: readonly AssertionCheck[] = [
  issuerRight, destinationRight, confirmedByBearer, recipientRight, requestRight, confirmedNow, conditionsHold, issuedNow, authenticatedNow,
  sessionLasts, subjectRight, formatRight,
];
