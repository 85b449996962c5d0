import { generateKeyPairSync } from 'node:crypto';
import { metadataChecks, readIdpMetadata } from '../../../../../src/features/sso/saml/metadata/read-metadata.ts';
import { daysUntilEnd, dueWarning } from '../../../../../src/features/sso/saml/metadata/idp-metadata.ts';
import { refreshMetadata } from '../../../../../src/features/sso/saml/metadata/refresh-metadata.ts';
import { checksWithout } from '../../../../support/sso/checks-without.ts';
import { makeSamlKey } from '../../../../support/sso/saml-forger.ts';
import { idp, idpMetadataText, keyDescriptor } from '../../../../support/sso/saml-metadata.ts';
import { swap } from '../../../../support/sso/forged-answer.ts';

const rules = { entityId: idp.entityId, now: Date.now(), allowsHttp: false };
const good = idpMetadataText();
const weak = makeSamlKey(1_024);

/** Reads metadata that must be good. */
async function read(text: string) {
  const verdict = await readIdpMetadata(text, rules);
  expect(verdict.steps.filter(({ ok }) => !ok)).toEqual([]);
  if (!verdict.ok) throw new Error('The metadata is not good.');
  return verdict.metadata;
}

/** What an honest provider may send besides. */
const honest: readonly (readonly [string, (text: string) => string])[] = [
  ['a mark of the byte order', (text) => `\uFEFF${text}`], ['comments', swap('<md:NameIDFormat>', '<!-- <a> --><md:NameIDFormat>')],
  ['another role', swap('<md:IDPSSODescriptor', '<md:AttributeAuthorityDescriptor/><md:IDPSSODescriptor')],
  ['an end that is to come', swap(' entityID', ' validUntil="2100-01-01T00:00:00Z" entityID')],
  ['a weak key for encryption', swap(
    '<md:SingleLogoutService', `${keyDescriptor(weak.certificate, ' use="encryption"')}<md:SingleLogoutService`)],
  ['a key for both uses', swap(' use="signing"', '')], ['an artifact service', swap('HTTP-POST"', 'HTTP-Artifact"')],
  ['one more protocol', swap('protocolSupportEnumeration="', 'protocolSupportEnumeration="urn:mace:shibboleth:1.0 ')],
];

const hostile: readonly (readonly [step: string, name: string, change: (text: string) => string])[] = [
  ['form', '1 MB', (text) => text.replace('-->', `${' '.repeat(1_048_576)}-->`)],
  ['form', 'a comment without an end', (text) => `${text}<!-- `],
  ['elements', '10,001 elements', swap('<md:NameIDFormat>', `${'<a/>'.repeat(10_001)}<md:NameIDFormat>`)],
  ['characters', 'a control character', swap('<md:NameIDFormat>', '<md:NameIDFormat>\u0001')],
  ['markup', 'a DOCTYPE', swap('<md:Entity', '<!DOCTYPE a><md:Entity')],
  ['markup', 'an entity', swap('<md:Entity', '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><md:Entity')],
  ['markup', 'CDATA', swap('<md:NameIDFormat>', '<md:NameIDFormat><![CDATA[a]]>')],
  ['parse', 'two roots', (text) => `${text}<a/>`], ['parse', 'a page', () => '<html><br></html>'], ['parse', 'nothing', () => ''],
  ['descriptor', 'several entities', (text) => `<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata">${
    text.replace(/^<\?.*?\?>/, '')}</m:EntitiesDescriptor>`],
  ['descriptor', 'two providers in one entity', (text) => (
    text.replace(/<md:IDPSSODescriptor.*<\/md:IDPSSODescriptor>/s, (role) => `${role}${role}`))],
  ['descriptor', 'a service', (text) => text.replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
  ['descriptor', 'SAML 1 alone', swap(
    'Enumeration="urn:oasis:names:tc:SAML:2.0:protocol', 'Enumeration="urn:oasis:names:tc:SAML:1.1:protocol')],
  ['descriptor', 'another namespace', swap('urn:oasis:names:tc:SAML:2.0:metadata', 'urn:metadata')],
  ['entity-id', 'another provider', swap(idp.entityId, 'https://other.example/saml')],
  ['entity-id', 'the same with a slash', swap(idp.entityId, `${idp.entityId}/`)],
  ['valid-until', 'ended', swap(' entityID', ' validUntil="2020-01-01T00:00:00Z" entityID')],
  ['valid-until', 'the role ended', swap(' WantAuthn', ' validUntil="2020-01-01T00:00:00Z" WantAuthn')],
  ['valid-until', 'an end in words', swap(' entityID', ' validUntil="never" entityID')],
  ['location', 'http', (text) => text.replaceAll(idp.signOn, 'http://idp.example/sso')],
  ['location', 'a script', swap(idp.signOn, 'javascript:alert(1)')],
  ['location', 'a user name', swap(idp.signOn, 'https://a@idp.example/')],
  ['location', 'a logout by http', swap(idp.logout, 'http://idp.example/slo')],
  ['location', 'a logout answer by http', swap(`${idp.logout}/done`, 'http://idp.example/done')],
  ['location', 'none', swap(` Location="${idp.signOn}"`, '')],
  ['binding', 'no binding that we have', (text) => text.replaceAll(/(<md:SingleSignOnService Binding="[^"]*HTTP-)\w+/g, '$1Artifact')],
  ['key', 'an RSA key of 1024 bits', () => idpMetadataText(keyDescriptor(weak.certificate))],
  ['key', 'a weak key beside a strong one', () => idpMetadataText(keyDescriptor(idp.key.certificate) + keyDescriptor(weak.certificate))],
  ['key', 'none', () => idpMetadataText('')],
  ['key', 'one for encryption alone', () => (
    idpMetadataText(keyDescriptor(idp.key.certificate, ' use="encryption"')))],
  ['key', 'one that nobody can read', () => idpMetadataText(keyDescriptor('AAAA'))],
  ['key', 'a bare key', () => idpMetadataText(keyDescriptor(
    generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()))],
  ['key', 'a chain', (text) => text.replace(/<ds:X509Certificate>.*<\/ds:X509Certificate>/, (one) => `${one}${one}`)],
  ['key', '11 certificates', () => idpMetadataText(keyDescriptor(idp.key.certificate).repeat(11))],
];

describe('readIdpMetadata', () => {
  it('the metadata of a provider, has its addresses and its key', async () => {
    expect(await read(good)).toEqual({
      entityId: idp.entityId, signOn: { redirect: idp.signOn, post: idp.signOn },
      nameIdFormats: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
      logout: { redirect: { location: idp.logout }, post: { location: idp.logout, responseLocation: `${idp.logout}/done` } },
      certificates: [{
        publicKey: idp.key.publicKey, fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string, endsAt: expect.any(Number) as number }],
    });
  });

  it.each(honest)('%s, is good too', async (_name, change) => {
    expect((await read(change(good))).certificates).toHaveLength(1);
  });

  it.each(hostile)('%s: %s, is refused at its step', async (step, _name, change) => {
    await read(good);
    const verdict = await readIdpMetadata(change(good), rules);
    expect(verdict.steps.filter(({ ok }) => !ok).map((failed) => failed.step)).toEqual([step]);
    const without = await readIdpMetadata(change(good), rules, checksWithout(metadataChecks, step));
    expect(without.steps.some((each) => each.step === step && !each.ok)).toBe(['form', 'parse'].includes(step)); // these are in no list
  });

  it('the cases, need every check', () => {
    const steps = Object.values(metadataChecks).flatMap((list) => list.map(({ step }) => step));
    expect(steps.filter((step) => !hostile.some(([named]) => named === step))).toEqual([]);
  });
});

describe('refreshMetadata', () => {
  const next = makeSamlKey();
  const rotated = idpMetadataText(keyDescriptor(next.certificate));

  it('a new certificate of the same provider, counts beside the old one', async () => {
    const refreshed = refreshMetadata(await read(good), await read(rotated));
    expect(refreshed.metadata.certificates.map(({ publicKey }) => publicKey)).toEqual([idp.key.publicKey, next.publicKey]);
    expect(refreshed).toMatchObject({ added: [{ publicKey: next.publicKey }], waiting: [], unlisted: [expect.any(String)] });
    expect(refreshMetadata(refreshed.metadata, await read(rotated)).added).toEqual([]);
  });

  it('another address, waits for an admin', async () => {
    const kept = await read(good);
    const moved = await read(rotated.replaceAll(idp.signOn, 'https://other.example/sso'));
    const refreshed = refreshMetadata(kept, moved);
    expect(refreshed).toMatchObject({ waiting: ['signOn'], metadata: { signOn: kept.signOn } });
    expect(refreshMetadata(kept, { ...moved, entityId: 'https://other.example' })).toMatchObject({
      added: [], unlisted: [], metadata: kept, waiting: ['entityId', 'signOn'],
    });
  });

  it('more certificates than are kept, wait for an admin', async () => {
    const kept = await read(good);
    const certificates = Array.from({ length: 10 }, (_, index) => ({ publicKey: '', fingerprint: String(index), endsAt: 0 }));
    expect(refreshMetadata(kept, { ...kept, certificates })).toMatchObject({ added: [], waiting: ['certificates'], metadata: kept });
  });
});

describe('dueWarning', () => {
  it('the days to the end of the last certificate, name the smallest limit that is reached', () => {
    const now = Date.now();
    const ending = (days: number) => daysUntilEnd(
      { certificates: [0, days].map((each) => ({ publicKey: '', fingerprint: '', endsAt: now + each * 86_400_000 })) }, now);
    expect([31, 30, 15, 14, 8, 7, 2, 1, 0, -5].map((days) => dueWarning(ending(days)))).toEqual(
      [undefined, 30, 30, 14, 14, 7, 7, 1, 1, 1]);
  });
});
