import type { Element } from '@xmldom/xmldom';
import { describeValue } from '../../checks.ts';
import type { Mismatch, NamedCheck } from '../../checks.ts';
import { allElements, allNamed, attributeOf, childElements, childrenNamed, isNamed, onlyChild } from '../xml/elements.ts';
import { assertionIn } from './document-checks.ts';
import type { ParsedAnswer } from './answer.types.ts';

/** RSA with SHA-2, as far as the library verifies it. */
const signatureMethods: readonly (string | null)[] = [
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
];
const digestMethods: readonly (string | null)[] = [
  'http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512',
];
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** The parts of a signature. Libraries find some of them by name, however deep, and would take the first. */
const parts = [
  'SignedInfo', 'CanonicalizationMethod', 'SignatureMethod', 'SignatureValue', 'Reference', 'Transforms', 'DigestMethod', 'DigestValue',
] as const;

function namesIn(parent: Element | null): string {
  return parent ? childElements(parent).map((child) => (
    child.namespaceURI === parent.namespaceURI ? child.localName : `other ${child.localName}`)).join(' ') : '';
}

/** Whether a signature has every part once, in its place, and refers to the element around it alone. */
function isPlain(signature: Element): boolean {
  const info = onlyChild(signature, 'signature', 'SignedInfo');
  const reference = onlyChild(info, 'signature', 'Reference');
  const around = signature.parentNode as Element; // a signature that is a root is refused before
  return parts.every((name) => allNamed(signature, name).length === 1) && allNamed(signature, 'Signature').length === 1
    && ['SignedInfo SignatureValue', 'SignedInfo SignatureValue KeyInfo'].includes(namesIn(signature))
    && namesIn(info) === 'CanonicalizationMethod SignatureMethod Reference' && namesIn(reference) === 'Transforms DigestMethod DigestValue'
    && attributeOf(reference, 'URI') === `#${attributeOf(around, 'ID') ?? ''}`;
}

/** The fault of the signatures in this part of a message: they may stand in these places, once in each, and nowhere else. */
export function signatureFault(scope: Element, places: readonly (Element | null)[]): Mismatch | null {
  const isRight = allNamed(scope, 'Signature').every((signature) => (
    isNamed(signature, 'signature', 'Signature') && places.some((place) => place === signature.parentNode) && isPlain(signature)))
    && places.every((place) => !place || childrenNamed(place, 'signature', 'Signature').length <= 1);
  return isRight ? null : { expected: 'at most one plain signature, in its place', received: 'another form' };
}

const signaturesPlain: NamedCheck<ParsedAnswer> = {
  step: 'signature-form',
  findMismatch: ({ response, opened }) => signatureFault(opened ?? response, opened ? [opened] : [response, assertionIn(response)]),
};

type Allowed = readonly [name: string, isAllowed: (algorithm: string | null) => boolean];

const allowed: readonly Allowed[] = [
  ['SignatureMethod', (algorithm) => signatureMethods.includes(algorithm)],
  ['DigestMethod', (algorithm) => digestMethods.includes(algorithm)],
  ['CanonicalizationMethod', (algorithm) => algorithm === exclusive],
];

function transformsRight(transforms: Element): boolean {
  const algorithms = childElements(transforms).map((each) => attributeOf(each, 'Algorithm'));
  return namesIn(transforms) === 'Transform Transform' && algorithms[0] === enveloped && algorithms[1] === exclusive
    && allElements(transforms).every(({ localName }) => ['Transforms', 'Transform', 'InclusiveNamespaces'].includes(localName ?? ''));
}

/** The fault of the algorithms of all signatures in this part of a message. */
export function algorithmFault(scope: Element): Mismatch | null {
  for (const signature of allNamed(scope, 'Signature')) {
    for (const [name, isAllowed] of allowed) {
      const bad = allNamed(signature, name).map((each) => attributeOf(each, 'Algorithm')).find((each) => !isAllowed(each));
      if (bad !== undefined) return { expected: `a ${name} of RSA and SHA-2`, received: describeValue(bad ?? undefined) };
    }
    if (!allNamed(signature, 'Transforms').every(transformsRight)) {
      return { expected: 'the enveloped signature and exclusive canonicalization as transforms', received: 'others' };
    }
  }
  return null;
}

const algorithmsAllowed: NamedCheck<ParsedAnswer> = {
  step: 'algorithm', findMismatch: ({ response, opened }) => algorithmFault(opened ?? response),
};

/** What must be signed at all. Whether the signature is true is for the library. */
const everythingSigned: NamedCheck<ParsedAnswer> = {
  step: 'signed',
  findMismatch({ response, opened, rules }) {
    const assertion = opened ?? assertionIn(response);
    const needed = [
      ...rules.responseSigned ? [response] : [], ...assertion && assertion.localName === 'Assertion' ? [assertion] : [],
    ];
    const missing = needed.find((each) => !onlyChild(each, 'signature', 'Signature'));
    return missing ? { expected: `a signature of the ${missing.localName ?? ''}`, received: 'none' } : null;
  },
};

/** The rules about signatures, before one is verified. */
export const signatureChecks: readonly NamedCheck<ParsedAnswer>[] = [signaturesPlain, algorithmsAllowed, everythingSigned];
