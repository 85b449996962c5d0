import { ids, samlWorld, swap } from '../../../../support/sso/forged-answer.ts';
import { algorithms, encryptions, signXml } from '../../../../support/sso/saml-forger.ts';
import { casesOf, encryptedCasesOf } from './hostile-answer.ts';

const { attacker, company, person, ours } = samlWorld;
const signature = /<ds:Signature .*?<\/ds:Signature>/s;
const signatureIn = (xml: string) => signature.exec(xml)?.[0] ?? '';
const inSignature = (content: string) => swap('</ds:Signature>', `${content}</ds:Signature>`);
const reference = /<ds:Reference.*<\/ds:Reference>/s;
const certificateOf = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\n/g, '');
const keyInfo = (content: string) => `<ds:KeyInfo>${content}</ds:KeyInfo>`;

const forms = casesOf('signature-form', 'signature', [
  ['two of the assertion', { tampers: (xml) => xml.replace(signature, (found) => `${found}${found}`) }, 'signed'],
  ['in the subject', { tampers: (xml) => swap('<saml:NameID', `${signatureIn(xml)}<saml:NameID`)(xml.replace(signature, '')) }, 'signed'],
  ['in the response, over the assertion', { signs: { location: '/*' }, tampers: (xml) => xml,
    brings: (xml) => swap('<samlp:Status>', `${signatureIn(xml)}<samlp:Status>`)(xml.replace(signature, '')) }, 'signed'],
  ['in the status', { brings: (xml) => swap('</samlp:Status>', `${signatureIn(xml)}</samlp:Status>`)(xml) }, 'signature'],
  ['in another namespace', { tampers: swap('xmlns:ds="http://www.w3.org/2000/09/xmldsig#"', 'xmlns:ds="urn:ds"') }, 'signed'],
  ['with two references', { tampers: (xml) => swap('</ds:SignedInfo>', `${reference.exec(xml)?.[0] ?? ''}</ds:SignedInfo>`)(xml) }],
  ['without a reference', { tampers: swap(reference, '') }, 'library'],
  ['with an empty reference', { tampers: swap(`URI="#${ids.assertion}"`, 'URI=""') }, 'library'],
  ['with a reference to the response', { tampers: swap(`URI="#${ids.assertion}"`, `URI="#${ids.response}"`) }],
  ['with a reference without its sign', { tampers: swap(`URI="#${ids.assertion}"`, `URI="${ids.assertion}"`) }],
  ['with a reference to a file', { tampers: swap(`URI="#${ids.assertion}"`, 'URI="file:///etc/passwd"') }],
  ['with a reference that is an XPath', { tampers: swap(`URI="#${ids.assertion}"`, 'URI="#xpointer(/)"') }],
  ['with an object', { tampers: inSignature('<ds:Object/>') }, 'in'],
  ['with a second SignedInfo', { tampers: (xml) => xml.replace(/<ds:SignedInfo>.*<\/ds:SignedInfo>/s, (found) => `${found}${found}`) }],
  ['with a second SignatureValue', { tampers: inSignature('<ds:SignatureValue>AAAA</ds:SignatureValue>') }, 'in'],
  ['with a SignatureMethod in its key', {
    tampers: inSignature(keyInfo(`<ds:SignatureMethod Algorithm="${algorithms.rsaSha256}"/>`)) }, 'in'],
  ['with a signature in its key', { tampers: (xml) => inSignature(keyInfo(signatureIn(xml)))(xml) }, 'signature'],
  ['with a value and elements in it', { tampers: swap('</ds:DigestValue>', '<ds:DigestValue/></ds:DigestValue>') }],
  ['without transforms', { tampers: swap(/<ds:Transforms>.*<\/ds:Transforms>/s, '') }],
  ['in an encrypted assertion, twice', {
    shape: 'encrypted', tampers: (xml) => swap('<saml:Subject>', `${signatureIn(xml)}<saml:Subject>`)(xml) }, 'signed'],
]);

const methods = casesOf('algorithm', 'in', [
  ['RSA with SHA-1', { signs: { signature: algorithms.rsaSha1 } }], ['a digest of SHA-1', { signs: { digest: algorithms.sha1 } }],
  ['SHA-1 for both', { signs: { signature: algorithms.rsaSha1, digest: algorithms.sha1 } }],
  ['RSA with SHA-1, of the response', { shape: 'both', signsResponse: { signature: algorithms.rsaSha1 } }],
  ['a digest of SHA-1, of the response', { shape: 'both', signsResponse: { digest: algorithms.sha1 } }],
  ['RSA with SHA-1, hidden in an encrypted assertion', { shape: 'encrypted', signs: { signature: algorithms.rsaSha1 } }],
  ['a digest of SHA-1, hidden in an encrypted assertion', { shape: 'encrypted', signs: { digest: algorithms.sha1 } }],
  ['RSA with SHA-1, hidden in an encrypted assertion of a signed response', {
    shape: 'encrypted and signed', signs: { signature: algorithms.rsaSha1 } }],
  ['HMAC under the public key', { signs: { signature: algorithms.hmacSha1, privateKey: company.publicKey } }, 'signature'],
  ['HMAC under the certificate', { signs: { signature: algorithms.hmacSha1, privateKey: company.certificate } }, 'signature'],
  ['HMAC under the public key, hidden in an encrypted assertion', {
    shape: 'encrypted', signs: { signature: algorithms.hmacSha1, privateKey: company.publicKey } }, 'signature'],
  ['RSA with MD5', { tampers: swap(algorithms.rsaSha256, 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5') }, 'signature'],
  ['DSA', { tampers: swap(algorithms.rsaSha256, 'http://www.w3.org/2000/09/xmldsig#dsa-sha1') }, 'signature'],
  ['none', { tampers: swap(algorithms.rsaSha256, 'none') }, 'signature'],
  ['one without a name', { tampers: swap(` Algorithm="${algorithms.rsaSha256}"`, '') }, 'signature'],
  ['the name of a member of every object', { tampers: swap(algorithms.rsaSha256, 'constructor') }, 'signature'],
  ['a digest of MD5', { tampers: swap(algorithms.sha256, 'http://www.w3.org/2001/04/xmldsig-more#md5') }, 'signature'],
  ['inclusive canonicalization', { signs: { canonicalization: algorithms.inclusive } }, 'signature'],
  ['canonicalization with comments', { signs: { canonicalization: algorithms.exclusiveWithComments } }],
  ['a transform that keeps comments', { signs: { transforms: [algorithms.enveloped, algorithms.exclusiveWithComments] } }],
  ['one transform', { signs: { transforms: [algorithms.enveloped] } }, 'signature'],
  ['three transforms', { signs: { transforms: [algorithms.enveloped, algorithms.exclusive, algorithms.exclusive] } }, 'signature'],
  ['transforms in another order', { tampers: (xml) => xml.replace(`Algorithm="${algorithms.enveloped}"`, 'A').replace(
    /<ds:Transform Algorithm="[^"]*exc-c14n#"/, `<ds:Transform Algorithm="${algorithms.enveloped}"`).replace(
    '<ds:Transform A', `<ds:Transform Algorithm="${algorithms.exclusive}"`) }, 'signature'],
  ['a transform by XPath', { tampers: swap(algorithms.enveloped, 'http://www.w3.org/TR/1999/REC-xpath-19991116') }, 'signature'],
  ['a transform by XSLT', { tampers: swap(algorithms.enveloped, 'http://www.w3.org/TR/1999/REC-xslt-19991116') }, 'signature'],
]);

const unsigned = casesOf('signed', 'signature', [
  ['nothing', { signs: null }], ['the response alone', { shape: 'both', signs: null }],
  ['nothing, encrypted', { shape: 'encrypted', signs: null }],
  ['the response alone, around an encrypted assertion', { shape: 'encrypted and signed', signs: null }],
  ['the signature was removed', { tampers: swap(signature, '') }],
  ['the assertion alone, though the response must be', { shape: 'both', signsResponse: null, rules: { responseSigned: true } }],
]);

const forged = (xml: string) => signXml(xml, { privateKey: attacker.privateKey, id: ids.assertion });
const signatures = casesOf('signature', 'signature', [
  ['of another key', { signs: { privateKey: attacker.privateKey } }],
  ['of another key, encrypted', { shape: 'encrypted', signs: { privateKey: attacker.privateKey } }],
  ['of another key, in a response that is truly signed', { shape: 'both', signs: { privateKey: attacker.privateKey } }],
  ['of the key that we publish', { signs: { privateKey: ours.privateKey } }],
  ['of another key, with its certificate', {
    signs: { privateKey: attacker.privateKey }, tampers: inSignature(keyInfo(
      `<ds:X509Data><ds:X509Certificate>${certificateOf(attacker.certificate)}</ds:X509Certificate></ds:X509Data>`)) }],
  ['of another key, with the certificate of the provider', {
    signs: { privateKey: attacker.privateKey }, tampers: inSignature(keyInfo(
      `<ds:X509Data><ds:X509Certificate>${certificateOf(company.certificate)}</ds:X509Certificate></ds:X509Data>`)) }],
  ['the person was changed', { tampers: swap(person, 'bob') }],
  ['the person was changed in a signed response', { shape: 'both', brings: swap(person, 'bob') }],
  ['an attribute was changed', { tampers: swap('>engineering<', '>admins<') }],
  ['the audience was changed', { tampers: swap('</saml:Audience>', '/</saml:Audience>') }],
  ['an attribute was added, encrypted again', { shape: 'encrypted', tampers: swap('>staff<', '>admins<') }],
  ['the value is empty', { tampers: swap(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, '<ds:SignatureValue></ds:SignatureValue>') }],
  ['the value is cut', { tampers: swap(/<ds:SignatureValue>.{40}/, '<ds:SignatureValue>') }],
  ['the value is of another signature', {
    tampers: (xml) => xml.replace(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, () => (
      /<ds:SignatureValue>.*<\/ds:SignatureValue>/.exec(forged(xml.replace(signature, '')))?.[0] ?? '')) }],
  ['the digest was changed', { tampers: swap(/<ds:DigestValue>.{4}/, '<ds:DigestValue>AAAA') }],
  ['the digest is a space', { tampers: swap(/<ds:DigestValue>.*<\/ds:DigestValue>/, '<ds:DigestValue> </ds:DigestValue>') }],
  ['of the response, of another key', { shape: 'both', signsResponse: { privateKey: attacker.privateKey } }],
  ['of the response, which was changed', { shape: 'both', brings: swap('<samlp:Status>', '<samlp:Extensions/><samlp:Status>') }],
  ['of the response around an encrypted assertion, of another key', {
    shape: 'encrypted and signed', signsResponse: { privateKey: attacker.privateKey } }],
]);

const second = '<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>';
const dataMethod = new RegExp(` Algorithm="${encryptions.gcm256}"`);
const encryptionForms = encryptedCasesOf('encryption-form', 'decryption', [
  ['two keys', { brings: swap('<e:EncryptedKey', `${second}<e:EncryptedKey`) }, 'encryption-algorithm'],
  ['a key outside of the data', { brings: swap('</saml:EncryptedAssertion>', `${second}</saml:EncryptedAssertion>`) }, 'in'],
  ['two data', {
    brings: (xml) => xml.replace(/<xenc:EncryptedData.*<\/xenc:EncryptedData>/s, (found) => `${found}${found}`),
  }, 'encryption-algorithm'],
  ['a pointer to a key', { brings: swap('<e:EncryptedKey', '<RetrievalMethod URI="#a"/><e:EncryptedKey') }, 'in'],
  ['no key', { brings: swap(/<e:EncryptedKey.*<\/e:EncryptedKey>/s, '') }, 'encryption-algorithm'],
  ['content that lies elsewhere', {
    brings: swap('<xenc:CipherValue>', '<xenc:CipherReference URI="http://127.0.0.1:1/"/><xenc:CipherValue>') }, 'in'],
  ['content that is shorter than its tag', { brings: swap(/(?<=<xenc:CipherValue>)[^<]*/, 'AAAAAAAAAAAAAAAAAAAAAA==') }],
  ['no content', { brings: swap(/(?<=<xenc:CipherValue>)[^<]*/, '') }],
]);

const encryptionMethods = encryptedCasesOf('encryption-algorithm', 'decryption', [
  ['AES-CBC of 128 bits', { encrypts: { content: encryptions.cbc128 } }],
  ['AES-CBC of 256 bits', { encrypts: { content: encryptions.cbc256 } }],
  ['triple DES', { encrypts: { content: encryptions.tripleDes } }],
  ['RSA of PKCS 1.5', { encrypts: { transport: encryptions.rsa15 } }],
  ['RSA-OAEP of XML Encryption 1.1', { encrypts: { transport: encryptions.oaep11 } }, 'library'],
  ['RSA-OAEP with another digest', { encrypts: { digest: 'sha256' } }, 'library'],
  ['a method without a name', { brings: swap(dataMethod, '') }],
  ['a method that nobody knows', { brings: swap(dataMethod, ' Algorithm="urn:none"') }],
  ['the method of another content', { brings: swap(dataMethod, ` Algorithm="${encryptions.cbc256}"`) }],
  ['AES-CBC in a signed response', { shape: 'encrypted and signed', encrypts: { content: encryptions.cbc256 } }],
]);

const cipher = /(?<=<xenc:CipherValue>)[^<]{8}/;
const opening = [...casesOf('decryption', 'decryption', [
  ['for another key', { shape: 'encrypted', encrypts: { key: attacker } }],
  ['content that was changed', { shape: 'encrypted', brings: swap(cipher, 'AAAAAAAA') }],
  ['a key that was changed', { shape: 'encrypted', brings: swap(/(?<=<e:CipherValue>)[^<]{8}/, 'AAAAAAAA') }],
]), ...casesOf('assertion', 'library', [
  ['two in the encrypted one', { shape: 'encrypted', tampers: (xml) => xml.replace('<saml:Subject>', `${xml}<saml:Subject>`) }, 'id'],
  ['something else in the encrypted one', { shape: 'encrypted', tampers: () => '<a/>' }, 'assertion-form'],
  ['plain, though it must be encrypted', { shape: 'assertion', rules: { encrypted: 'required' } }, 'in'],
]), ...casesOf('markup', 'in', [
  ['a comment in the encrypted assertion', { shape: 'encrypted', tampers: swap(person, 'ann<!-- -->-4711') }],
  ['a DOCTYPE in the encrypted assertion', { shape: 'encrypted', tampers: (xml) => `<!DOCTYPE a [<!ENTITY b "c">]>${xml}` }],
]), ...casesOf('elements', 'in', [
  ['65 deep in the encrypted assertion', {
    shape: 'encrypted', says: swap('>ann@company.example<', `>${'<a>'.repeat(65)}${'</a>'.repeat(65)}<`) }],
]), ...casesOf('parse', 'parse', [
  ['two roots in the encrypted assertion', { shape: 'encrypted', tampers: (xml) => `${xml}<a/>` }],
  ['text in the encrypted assertion', { shape: 'encrypted', tampers: () => 'ann' }],
])];

/** Answers that are not signed by the provider as they must be, or not encrypted for us. */
export const signatureCases = [...forms, ...methods, ...unsigned, ...signatures, ...encryptionForms, ...encryptionMethods, ...opening];
