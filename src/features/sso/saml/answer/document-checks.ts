import type { Element } from '@xmldom/xmldom';
import { describeValue } from '../../checks.ts';
import type { NamedCheck } from '../../checks.ts';
import { allElements, allNamed, attributeOf, childElements, isNamed, onlyChild } from '../xml/elements.ts';
import type { Namespace } from '../xml/elements.ts';
import type { ParsedAnswer } from './answer.types.ts';

type DocumentCheck = NamedCheck<ParsedAnswer>;

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const idPattern = /^[A-Za-z_][A-Za-z0-9._-]{0,255}$/;
const assertionNames = ['Assertion', 'EncryptedAssertion'] as const;

/** Whether the element holds only children of these names, each of them at most as often as the name is listed. */
function holdsOnly(parent: Element, allowed: readonly (readonly [Namespace, string])[]): boolean {
  const left = [...allowed];
  return childElements(parent).every((child) => {
    const at = left.findIndex(([namespace, name]) => isNamed(child, namespace, name));
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
}

function isIdentified(element: Element): boolean {
  return attributeOf(element, 'Version') === '2.0' && idPattern.test(attributeOf(element, 'ID') ?? '');
}

const responseChildren = [
  ['assertion', 'Issuer'], ['signature', 'Signature'], ['protocol', 'Extensions'], ['protocol', 'Status'],
  ['assertion', 'Assertion'], ['assertion', 'EncryptedAssertion'],
] as const;

const rootRight: DocumentCheck = {
  step: 'root',
  findMismatch: ({ response }) => (isNamed(response, 'protocol', 'Response') && isIdentified(response)
    ? null : { expected: 'a Response of SAML 2.0 with an ID', received: describeValue(response.localName) }),
};

/** The assertion of an answer, or its encrypted one; null if there are none, or several. It is the same for every reader of names. */
export function assertionIn(response: Element): Element | null {
  const [first, ...others] = allNamed(response, ...assertionNames);
  const isDirect = first && assertionNames.some((name) => isNamed(first, 'assertion', name)) && first.parentNode === response;
  return isDirect && others.length === 0 ? first : null;
}

function statusOf(response: Element): string | null {
  const status = allNamed(response, 'Status').length === 1 ? onlyChild(response, 'protocol', 'Status') : null;
  const [code] = status ? childElements(status) : [];
  return code && isNamed(code, 'protocol', 'StatusCode') ? attributeOf(code, 'Value') : null;
}

const oneAssertion: DocumentCheck = {
  step: 'assertion',
  findMismatch({ response, rules: { encrypted } }) {
    const assertion = assertionIn(response);
    const isRight = assertion && (encrypted !== 'required' || assertion.localName === 'EncryptedAssertion');
    if (isRight && holdsOnly(response, responseChildren)) return null;
    const count = allNamed(response, ...assertionNames).length;
    const received = `${count} of them and the status ${describeValue(statusOf(response) ?? undefined)}`;
    return { expected: `one ${encrypted === 'required' ? 'encrypted assertion' : 'assertion'}, directly in the response`, received };
  },
};

const statusRight: DocumentCheck = {
  step: 'status',
  findMismatch({ response }) {
    const status = statusOf(response);
    return status === success ? null : { expected: 'one status, Success', received: describeValue(status ?? undefined) };
  },
};

/** Every spelling of the attribute counts, because libraries look for different ones. */
function idsIn(root: Element): string[] {
  return allElements(root).flatMap(({ attributes }) => [...attributes].flatMap(
    ({ localName, value }) => (localName?.toLowerCase() === 'id' ? [value] : [])));
}

const idsUnique: DocumentCheck = {
  step: 'id',
  findMismatch({ response, opened }) {
    const ids = [...idsIn(response), ...opened ? idsIn(opened) : []];
    return new Set(ids).size === ids.length ? null : { expected: 'no ID twice', received: 'one that stands twice' };
  },
};

/** Another reader may take the first name, the last one, or all of their text. */
const oneName: DocumentCheck = {
  step: 'name-id',
  findMismatch({ response, opened }) {
    const assertion = opened ?? assertionIn(response);
    if (!opened && assertion?.localName === 'EncryptedAssertion') return null;
    const names = allNamed(opened ?? response, 'NameID', 'EncryptedID', 'BaseID');
    const isRight = names.length === 1 && names[0] === onlyChild(onlyChild(assertion, 'assertion', 'Subject'), 'assertion', 'NameID');
    return isRight ? null : { expected: 'one NameID, in the subject', received: `${names.length} names` };
  },
};

const assertionChildren = [
  ['assertion', 'Issuer'], ['signature', 'Signature'], ['assertion', 'Subject'], ['assertion', 'Conditions'],
  ['assertion', 'AuthnStatement'], ['assertion', 'AttributeStatement'],
] as const;

/** Only what is read may stand in an assertion, and once. */
const assertionForm: DocumentCheck = {
  step: 'assertion-form',
  findMismatch({ response, opened }) {
    const assertion = opened ?? assertionIn(response);
    if (!assertion || (!opened && assertion.localName === 'EncryptedAssertion')) return null;
    return isIdentified(assertion) && holdsOnly(assertion, assertionChildren)
      ? null : { expected: 'an assertion of SAML 2.0 with an ID and each part once', received: 'another form' };
  },
};

/** The content of an encrypted assertion must be an assertion, and hold no other. */
const openedRight: DocumentCheck = {
  step: 'assertion',
  findMismatch: ({ opened }) => (opened && isNamed(opened, 'assertion', 'Assertion') && allNamed(opened, ...assertionNames).length === 1
    ? null : { expected: 'one assertion in the encrypted one', received: describeValue(opened?.localName) }),
};

/** The checks of the form of an answer: `names` run after those of signatures, and `opened` on the content of an encrypted assertion. */
export const formChecks = {
  response: [rootRight, oneAssertion, statusRight, idsUnique], opened: [openedRight, idsUnique], names: [assertionForm, oneName],
} as const;
