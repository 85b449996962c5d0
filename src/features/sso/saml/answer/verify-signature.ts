import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import type { Element } from '@xmldom/xmldom';
import type { Mismatch } from '../../checks.ts';
import { onlyChild } from '../xml/elements.ts';
import { clockSkew } from '../xml/instants.ts';
import { parseStrictly } from '../xml/parse-strictly.ts';
import type { AnswerRules } from './answer.types.ts';

/** How old an assertion may be, in ms. */
export const maxAssertionAge = 300_000;

export type SignatureVerdict =
  | { readonly assertion: Element }
  | { readonly step: string; readonly mismatch: Mismatch };

/** What node-saml says by the beginning of its messages, which quote the answer further on. */
const reasons: readonly (readonly [beginning: string, step: string, expected: string])[] = [
  ['Invalid signature', 'signature', 'the signature of a key of the provider'],
  ['Invalid document signature', 'signature', 'the signature of a key of the provider'],
  ['SAML assertion has no AudienceRestriction', 'audience', 'this service as the audience'],
  ['SAML assertion AudienceRestriction', 'audience', 'this service as the audience'],
  ['SAML assertion audience', 'audience', 'this service as the audience'],
  ['SAML assertion not yet valid', 'time', 'an assertion that is valid now'],
  ['SAML assertion expired', 'time', 'an assertion that is valid now'],
  ['Error parsing', 'time', 'an assertion whose times can be read'],
];

function refusalOf(error: unknown): SignatureVerdict {
  const message = error instanceof Error ? error.message : '';
  const [, step, expected] = reasons.find(([beginning]) => message.startsWith(beginning))
    ?? ['', 'library', 'an assertion that the library understands'];
  return { step, mismatch: { expected, received: 'another one' } };
}

export interface SignedAnswer {
  readonly response: Element;
  /** The answer as it came, in plain base64. */
  readonly sent: string;
  /** The key that opened its assertion, if it was encrypted. */
  readonly decryptionKey?: string | undefined;
  readonly rules: AnswerRules;
}

/**
 * Verifies the signatures of an answer by node-saml, and answers the assertion as it was signed. Its options are the strict ones of
 * the design. A response that carries a signature must carry a true one, even where none is needed. Never throws.
 */
export async function verifySignature({ response, sent, decryptionKey, rules }: SignedAnswer): Promise<SignatureVerdict> {
  const library = new SAML({
    idpCert: [...rules.keys], issuer: rules.audience, audience: rules.audience, callbackUrl: rules.acsUrl,
    ...(decryptionKey !== undefined && { decryptionPvk: decryptionKey }), wantAssertionsSigned: true,
    wantAuthnResponseSigned: rules.responseSigned === true || onlyChild(response, 'signature', 'Signature') !== null,
    validateInResponseTo: ValidateInResponseTo.never, acceptedClockSkewMs: clockSkew, maxAssertionAgeMs: maxAssertionAge,
    disableRequestedAuthnContext: true, signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256',
  });
  try {
    const { profile } = await library.validatePostResponseAsync({ SAMLResponse: sent });
    const assertion = parseStrictly(profile?.getAssertionXml?.() ?? '');
    return assertion ? { assertion } : { step: 'library', mismatch: { expected: 'an assertion', received: 'none' } };
  } catch (error) {
    return refusalOf(error);
  }
}
