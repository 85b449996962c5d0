import { SignedXml } from 'xml-crypto';
import { XMLSerializer } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';
import { onlyChild } from './elements.ts';
import { parseStrictly } from './parse-strictly.ts';

const algorithms = {
  signature: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#', enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
} as const;

/**
 * Signs the root of a document of ours by RSA and SHA-256. The signature becomes the first child, or follows the issuer.
 *
 * @example
 * signRoot('<md:EntityDescriptor ... ID="_1">...', { privateKey, place: 'first' });
 */
export function signRoot(
  xml: string, { privateKey, place }: { readonly privateKey: string; readonly place: 'first' | 'after issuer' },
): string {
  const signer = new SignedXml({ privateKey, signatureAlgorithm: algorithms.signature, canonicalizationAlgorithm: algorithms.exclusive });
  signer.addReference({ xpath: '/*', digestAlgorithm: algorithms.digest, transforms: [algorithms.enveloped, algorithms.exclusive] });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: place === 'first' ? { reference: '/*', action: 'prepend' } : { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  });
  return signer.getSignedXml();
}

/**
 * Verifies the signature of the root of a document, and answers the root as it was signed; null if no key verifies it.
 *
 * The form and the algorithms of the signature must have been checked before.
 */
export function verifyRoot(text: string, root: Element, keys: readonly string[]): Element | null {
  const signature = onlyChild(root, 'signature', 'Signature');
  if (!signature) return null;
  const written = new XMLSerializer().serializeToString(signature);
  for (const key of keys) {
    const signed = signedBy(text.replaceAll(/\r\n?/g, '\n'), written, key);
    if (signed !== null) return parseStrictly(signed);
  }
  return null;
}

function signedBy(text: string, signature: string, key: string): string | null {
  try {
    const verifier = new SignedXml({ publicCert: key });
    verifier.loadSignature(signature);
    if (!verifier.checkSignature(text)) return null;
    const [signed, ...others] = verifier.getSignedReferences();
    return signed !== undefined && others.length === 0 ? signed : null;
  } catch {
    return null; // the message of the library quotes the document
  }
}
