import { createPrivateKey, X509Certificate } from 'node:crypto';
import { allKeysOf, makeOwnKey, switchKeys } from '../../../../../src/features/sso/saml/keys/own-keys.ts';
import { makeCertificate } from '../../../../../src/features/sso/saml/keys/self-signed-certificate.ts';
import { writeOwnMetadata } from '../../../../../src/features/sso/saml/metadata/own-metadata.ts';
import { allNamed, attributeOf } from '../../../../../src/features/sso/saml/xml/elements.ts';
import { parseStrictly } from '../../../../../src/features/sso/saml/xml/parse-strictly.ts';
import { verifyRoot } from '../../../../../src/features/sso/saml/xml/sign-xml.ts';
import { makeSamlKey } from '../../../../support/sso/saml-forger.ts';

const [current, next] = [makeSamlKey(), makeSamlKey()];
const content = {
  entityId: 'https://gatehouse.example/a?b&c', acsUrl: 'https://gatehouse.example/acs', logoutUrl: 'https://gatehouse.example/logout',
  keys: { current, next }, nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
};

describe('writeOwnMetadata', () => {
  it('two keys of ours, are both in it, and the current one signs', () => {
    const text = writeOwnMetadata(content);
    const root = parseStrictly(text);
    const signed = root && verifyRoot(text, root, [current.publicKey]);
    expect(root && verifyRoot(text, root, [next.publicKey])).toBeNull();
    if (!signed) throw new Error('The metadata is not signed.');
    const keys = allNamed(signed, 'KeyDescriptor').map((each) => [attributeOf(each, 'use'), each.textContent]);
    const inside = ({ certificate }: { readonly certificate: string }) => certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    expect(keys).toEqual([
      ['signing', inside(current)], ['signing', inside(next)], ['encryption', inside(current)], ['encryption', inside(next)]]);
    expect(attributeOf(signed, 'entityID')).toBe(content.entityId);
    expect(allNamed(signed, 'AssertionConsumerService').map((each) => attributeOf(each, 'Location'))).toEqual([content.acsUrl]);
    expect(allNamed(signed, 'EncryptionMethod').map((each) => attributeOf(each, 'Algorithm')).join()).not.toMatch(/cbc|1_5/);
  });
});

describe('makeOwnKey', () => {
  it('a new key, has a certificate of its own for five years', async () => {
    const now = Date.UTC(2046, 0, 1);
    const key = await makeOwnKey('gatehouse', now);
    const certificate = new X509Certificate(key.certificate);
    expect(certificate.checkPrivateKey(createPrivateKey(key.privateKey))).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate).toMatchObject({ subject: 'CN=gatehouse', issuer: 'CN=gatehouse', ca: false });
    expect(new Date(certificate.validTo).toISOString()).toBe('2051-01-01T00:00:00.000Z');
    expect(new Date(certificate.validFrom).toISOString()).toBe('2045-12-31T00:00:00.000Z');
  });

  it('a long name, is written whole', () => {
    const privateKey = createPrivateKey(current.privateKey);
    const long = makeCertificate({ privateKey, commonName: 'ü'.repeat(100), from: new Date(0), until: new Date(1_000) });
    expect(new X509Certificate(long).subject).toBe(`CN=${'ü'.repeat(100)}`);
  });
});

describe('switchKeys', () => {
  it('the next key, becomes the current one, and both still open assertions', () => {
    expect(switchKeys({ current, next })).toEqual({ current: next, next: current });
    expect(switchKeys({ current })).toBeNull();
    expect(allKeysOf({ current })).toEqual([current]);
  });
});
