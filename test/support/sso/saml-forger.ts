import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { SignedXml } from 'xml-crypto';
import { encrypt } from 'xml-encryption';
import type { EncryptOptions } from 'xml-encryption';
import { makeCertificate } from '../../../src/features/sso/saml/keys/self-signed-certificate.ts';

/** A key with its public half and a certificate, all as PEM. */
export interface SamlKey {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly certificate: string;
}

/** Makes an RSA key of a SAML party. */
export function makeSamlKey(bits = 2_048, until = new Date(Date.now() + 365 * 86_400_000)): SamlKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), publicKey: publicPem(privateKey),
    certificate: makeCertificate({ privateKey, commonName: 'test', from: new Date(Date.now() - 86_400_000), until }),
  };
}

function publicPem(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
}

export const algorithms = {
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', rsaSha256: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  rsaSha512: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512', pssSha256: 'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  hmacSha1: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1', sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  sha512: 'http://www.w3.org/2001/04/xmlenc#sha512',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#', exclusiveWithComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315', enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
} as const;

export interface SignOrder {
  readonly privateKey: string;
  /** The ID of the element that is signed, and in which the signature stands after the issuer. */
  readonly id: string;
  readonly signature?: string;
  readonly digest?: string;
  readonly transforms?: readonly string[];
  readonly canonicalization?: string;
  /** InclusiveNamespaces of the canonicalization. */
  readonly prefixes?: readonly string[];
  /** Where the signature stands, if it does not stand after the issuer of the signed element. */
  readonly location?: string;
}

/** Signs one element of a document, as identity providers do. */
export function signXml(xml: string, order: SignOrder): string {
  const target = `//*[@ID='${order.id}']`;
  const signer = new SignedXml({
    privateKey: order.privateKey, signatureAlgorithm: order.signature ?? algorithms.rsaSha256,
    canonicalizationAlgorithm: order.canonicalization ?? algorithms.exclusive,
  });
  if (order.signature === algorithms.hmacSha1) signer.enableHMAC();
  signer.addReference({
    xpath: target, digestAlgorithm: order.digest ?? algorithms.sha256,
    transforms: [...order.transforms ?? [algorithms.enveloped, algorithms.exclusive]],
    inclusiveNamespacesPrefixList: [...order.prefixes ?? []],
  });
  signer.computeSignature(xml, {
    prefix: 'ds', location: order.location === undefined
      ? { reference: `${target}/*[local-name(.)='Issuer']`, action: 'after' } : { reference: order.location, action: 'append' },
  });
  return signer.getSignedXml();
}

export const encryptions = {
  gcm128: 'http://www.w3.org/2009/xmlenc11#aes128-gcm', gcm256: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  cbc128: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc', cbc256: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  tripleDes: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc',
  oaep: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p', oaep11: 'http://www.w3.org/2009/xmlenc11#rsa-oaep',
  rsa15: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
} as const;

export interface EncryptOrder {
  readonly content?: string;
  readonly transport?: string;
  readonly digest?: 'sha1' | 'sha256' | 'sha512';
}

/** Encrypts an assertion for a key. */
export async function encryptXml(xml: string, key: SamlKey, { content, transport, digest }: EncryptOrder = {}): Promise<string> {
  const options = {
    rsa_pub: key.publicKey, pem: key.certificate, encryptionAlgorithm: content ?? encryptions.gcm256,
    keyEncryptionAlgorithm: transport ?? encryptions.oaep, keyEncryptionDigest: digest ?? 'sha1',
    disallowEncryptionWithInsecureAlgorithm: false, warnInsecureAlgorithm: false,
  };
  const data = await promisify(encrypt)(xml, options as EncryptOptions); // the types lack what an honest provider would not use
  return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${data}</saml:EncryptedAssertion>`;
}
