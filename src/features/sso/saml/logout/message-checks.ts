import type { Element } from '@xmldom/xmldom';
import { describeValue } from '../../checks.ts';
import type { NamedCheck } from '../../checks.ts';
import { isSubject } from '../../oidc/claim-checks.ts';
import { allElements, allNamed, attributeOf, childElements, isNamed, onlyChild, plainText } from '../xml/elements.ts';
import { clockSkew, readInstant } from '../xml/instants.ts';

export interface LogoutRules {
  /** The pinned entityID of the provider. */
  readonly issuer: string;
  /** The public keys of the provider, as PEM. */
  readonly keys: readonly string[];
  /** The logout address of this provider here. */
  readonly logoutUrl: string;
  /** ms since 1970 */
  readonly now: number;
}

export interface LogoutDocument {
  readonly root: Element;
  readonly rules: LogoutRules;
}

export type LogoutCheck = NamedCheck<LogoutDocument>;

/** How old a message may be, in ms. */
export const maxLogoutAge = 300_000;
const idPattern = /^[A-Za-z_][A-Za-z0-9._-]{0,255}$/;

const rootNamed = (name: 'LogoutRequest' | 'LogoutResponse'): LogoutCheck => ({
  step: 'root',
  findMismatch({ root }) {
    const isIdentified = attributeOf(root, 'Version') === '2.0' && idPattern.test(attributeOf(root, 'ID') ?? '');
    return isNamed(root, 'protocol', name) && isIdentified
      ? null : { expected: `a ${name} of SAML 2.0 with an ID`, received: describeValue(root.localName) };
  },
});

const idsUnique: LogoutCheck = {
  step: 'id',
  findMismatch({ root }) {
    const ids = allElements(root).flatMap(({ attributes }) => [...attributes].flatMap(
      ({ localName, value }) => (localName?.toLowerCase() === 'id' ? [value] : [])));
    return new Set(ids).size === ids.length ? null : { expected: 'no ID twice', received: 'one that stands twice' };
  },
};

const issuerRight: LogoutCheck = {
  step: 'issuer',
  findMismatch({ root, rules: { issuer } }) {
    const found = plainText(onlyChild(root, 'assertion', 'Issuer'));
    return found === issuer ? null : { expected: issuer, received: describeValue(found ?? undefined) };
  },
};

const destinationRight: LogoutCheck = {
  step: 'destination',
  findMismatch({ root, rules: { logoutUrl } }) {
    const destination = attributeOf(root, 'Destination');
    return destination === logoutUrl ? null : { expected: logoutUrl, received: describeValue(destination ?? undefined) };
  },
};

const issuedNow: LogoutCheck = {
  step: 'issue-instant',
  findMismatch({ root, rules: { now } }) {
    const issued = attributeOf(root, 'IssueInstant');
    const age = now - (readInstant(issued) ?? -Infinity);
    return age <= maxLogoutAge + clockSkew && age >= -clockSkew ? null : {
      expected: `at most ${maxLogoutAge / 1_000} s before ${new Date(now).toISOString()}`, received: describeValue(issued ?? undefined),
    };
  },
};

const notExpired: LogoutCheck = {
  step: 'time',
  findMismatch({ root, rules: { now } }) {
    const end = attributeOf(root, 'NotOnOrAfter');
    return end === null || (readInstant(end) ?? -Infinity) > now - clockSkew
      ? null : { expected: `a time after ${new Date(now).toISOString()}`, received: describeValue(end) };
  },
};

/** Says no value, because it names a person. */
const oneName: LogoutCheck = {
  step: 'name-id',
  findMismatch({ root }) {
    const names = allNamed(root, 'NameID', 'EncryptedID', 'BaseID');
    const name = onlyChild(root, 'assertion', 'NameID');
    return names.length === 1 && names[0] === name && isSubject(plainText(name))
      ? null : { expected: 'one NameID of 1 to 255 characters', received: `${names.length} names` };
  },
};

export function sessionIndexesOf(root: Element): (string | null)[] {
  return childElements(root).filter((child) => isNamed(child, 'protocol', 'SessionIndex')).map(plainText);
}

const sessionsNamed: LogoutCheck = {
  step: 'session-index',
  findMismatch({ root }) {
    const all = sessionIndexesOf(root);
    return all.length <= 100 && all.length === allNamed(root, 'SessionIndex').length && all.every((index) => isSubject(index))
      ? null : { expected: 'at most 100 names of sessions, of 1 to 255 characters', received: `${all.length}, or another form` };
  },
};

const answersRequest: LogoutCheck = {
  step: 'in-response-to',
  findMismatch: ({ root }) => (idPattern.test(attributeOf(root, 'InResponseTo') ?? '')
    ? null : { expected: 'the id of a request', received: 'nothing' }),
};

const oneStatus: LogoutCheck = {
  step: 'status',
  findMismatch: ({ root }) => (allNamed(root, 'Status').length === 1 && statusOf(root) !== null
    ? null : { expected: 'one status', received: 'another form' }),
};

/** The first code of the status; null if there is none. */
export function statusOf(root: Element): string | null {
  const status = onlyChild(root, 'protocol', 'Status');
  const [code] = status ? childElements(status) : [];
  return code && isNamed(code, 'protocol', 'StatusCode') ? attributeOf(code, 'Value') : null;
}

/** Every check of a logout message besides that of its signature, in their order (SAML Core section 3.7). */
export const messageChecks: {
  readonly SAMLRequest: readonly LogoutCheck[]; readonly SAMLResponse: readonly LogoutCheck[];
} = {
  SAMLRequest: [rootNamed('LogoutRequest'), idsUnique, issuerRight, destinationRight, issuedNow, notExpired, oneName, sessionsNamed],
  SAMLResponse: [rootNamed('LogoutResponse'), idsUnique, issuerRight, destinationRight, issuedNow, answersRequest, oneStatus],
};
