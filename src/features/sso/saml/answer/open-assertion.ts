import { decrypt } from 'xml-encryption';
import { XMLSerializer } from '@xmldom/xmldom';
import type { Element } from '@xmldom/xmldom';
import { describeValue } from '../../checks.ts';
import type { NamedCheck } from '../../checks.ts';
import { allNamed, attributeOf, childElements, isNamed, onlyChild, plainText } from '../xml/elements.ts';

const contentMethods: readonly (string | null)[] = [
  'http://www.w3.org/2009/xmlenc11#aes128-gcm', 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
];
const keyMethod = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';
/** node-saml, which opens the assertion a second time, takes the mask generation function for that of the digest: SHA-1 is both. */
const keyDigest = 'http://www.w3.org/2000/09/xmldsig#sha1';
/** An initialization vector of 12 bytes and a tag of 16: a shorter tag is easier to guess. */
const overhead = 28;

interface Parts {
  readonly data: Element | null;
  readonly key: Element | null;
}

/** Data with one key in it, each part once and in its place, because libraries look for them by name. */
function partsOf(encrypted: Element): Parts {
  const data = onlyChild(encrypted, 'encryption', 'EncryptedData');
  return { data, key: onlyChild(onlyChild(data, 'signature', 'KeyInfo'), 'encryption', 'EncryptedKey') };
}

function cipherOf(parent: Element | null): Element | null {
  return onlyChild(onlyChild(parent, 'encryption', 'CipherData'), 'encryption', 'CipherValue');
}

function methodOf(parent: Element | null): Element | null {
  return onlyChild(parent, 'encryption', 'EncryptionMethod');
}

const formRight: NamedCheck<Element> = {
  step: 'encryption-form',
  findMismatch(encrypted) {
    const { data, key } = partsOf(encrypted);
    const counts = { EncryptedData: 1, EncryptedKey: 1, EncryptionMethod: 2, CipherData: 2, CipherValue: 2 };
    const isRight = Object.entries(counts).every(([name, count]) => allNamed(encrypted, name).length === count)
      && childElements(encrypted).length === 1 && allNamed(encrypted, 'RetrievalMethod', 'CipherReference').length === 0
      && childElements(onlyChild(data, 'signature', 'KeyInfo') ?? encrypted).length === 1
      && [data, key].every((each) => methodOf(each) && plainText(cipherOf(each)) !== null)
      && Buffer.from(plainText(cipherOf(data)) ?? '', 'base64').length > overhead;
    return isRight ? null : { expected: 'encrypted data that holds its only key', received: 'another form' };
  },
};

const algorithmsAllowed: NamedCheck<Element> = {
  step: 'encryption-algorithm',
  findMismatch(encrypted) {
    const { data, key } = partsOf(encrypted);
    const content = attributeOf(methodOf(data), 'Algorithm');
    if (!contentMethods.includes(content)) return { expected: 'AES-GCM', received: describeValue(content ?? undefined) };
    const transport = attributeOf(methodOf(key), 'Algorithm');
    if (transport !== keyMethod) return { expected: 'RSA-OAEP-MGF1P', received: describeValue(transport ?? undefined) };
    const isPlain = childElements(methodOf(key) ?? encrypted).every((part) => (
      isNamed(part, 'signature', 'DigestMethod') && attributeOf(part, 'Algorithm') === keyDigest));
    return isPlain ? null : { expected: 'RSA-OAEP with SHA-1 as digest and without parameters', received: 'others' };
  },
};

/** The rules about an encrypted assertion, before it is opened. */
export const encryptionChecks: readonly NamedCheck<Element>[] = [formRight, algorithmsAllowed];

export interface OpenedAssertion {
  readonly text: string;
  /** The key that opened it. */
  readonly key: string;
}

/** Opens an encrypted assertion with the first key that fits; null if none does. */
export async function openAssertion(encrypted: Element, keys: readonly string[]): Promise<OpenedAssertion | null> {
  const sealed = new XMLSerializer().serializeToString(encrypted);
  for (const key of keys) {
    const text = await new Promise<string | null>((resolve) => {
      const options = { key, disallowDecryptionWithInsecureAlgorithm: true, warnInsecureAlgorithm: false };
      decrypt(sealed, options, (error, opened) => { resolve(error ? null : opened); });
    });
    if (text !== null) return { text, key };
  }
  return null;
}
