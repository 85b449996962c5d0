import { judgeAnswer } from '../../../../../src/features/sso/saml/answer/strict-response.ts';
import { answerShapes, at, forgeAnswer, samlWorld, swap } from '../../../../support/sso/forged-answer.ts';
import type { AnswerForgery } from '../../../../support/sso/forged-answer.ts';
import { algorithms, encryptions } from '../../../../support/sso/saml-forger.ts';
import { proof } from '../../../../support/proof.ts';
import { rulesFor } from './hostile-answer.ts';

const { requestId, issuer, oursBefore } = samlWorld;
const failed = ({ steps }: Awaited<ReturnType<typeof judgeAnswer>>) => steps.filter(({ ok }) => !ok);
const unasked: AnswerForgery = {
  says: swap(` InResponseTo="${requestId}"`, ''), wraps: swap(` InResponseTo="${requestId}"`, ''),
};

/** What honest providers send besides. */
const honest: readonly (readonly [string, AnswerForgery])[] = [
  ['RSA with SHA-512', { signs: { signature: algorithms.rsaSha512, digest: algorithms.sha512 } }],
  ['RSA-PSS with SHA-256', { signs: { signature: algorithms.pssSha256 } }],
  ['AES-GCM of 128 bits', { shape: 'encrypted', encrypts: { content: encryptions.gcm128 } }],
  ['encrypted for the key of ours that was the current one before', { shape: 'encrypted', encrypts: { key: oursBefore } }],
  ['no destination and no issuer of an unsigned response', {
    wraps: (xml) => xml.replace(/ Destination="[^"]*"/, '').replace(/<saml:Issuer xmlns.*?<\/saml:Issuer>/, '') }],
  ['no declaration', { brings: swap(/^<\?.*?\?>/, '') }], ['lines in base64', { sends: (text) => text.replaceAll(/.{76}/g, '$&\r\n') }],
  ['carriage returns in the value of the signature', {
    tampers: (xml) => xml.replace(/(?<=<ds:SignatureValue>.{76})/, '&#13;\n') }],
  ['an issuer with its format', {
    says: swap(`<saml:Issuer>${issuer}`, `<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">${issuer}`) }],
  ['several audiences', { says: swap('<saml:Audience>', '<saml:Audience>https://other.example</saml:Audience><saml:Audience>') }],
  ['namespaces without prefixes', { says: (xml) => xml.replaceAll('saml:', '').replace('xmlns:saml', 'xmlns') }],
  ['prefixes that the signature covers', {
    says: swap('<saml:AttributeValue>', '<saml:AttributeValue xmlns:xs="urn:xs" xmlns:xsi="urn:xsi" xsi:type="xs:string">'),
    signs: { prefixes: ['xs'] } }],
  ['used once', { says: swap('</saml:Conditions>', '<saml:OneTimeUse/></saml:Conditions>') }],
  ['a session that ends later', { says: swap(' SessionIndex', ` SessionNotOnOrAfter="${at(3_600)}" SessionIndex`) }],
  ['white space between elements', { wraps: (xml) => xml.replaceAll('><samlp:', '>\n  <samlp:') }],
];

describe('judgeAnswer', () => {
  it.each(answerShapes)('a good answer with this signed or encrypted: %s, proves the person', async (shape) => {
    const verdict = await judgeAnswer(await forgeAnswer({ shape }), rulesFor());
    expect(failed(verdict)).toEqual([]);
    expect(verdict).toMatchObject({
      ok: true, answer: {
        requestId, seen: { name: '_assertion-1' },
        person: {
          nameId: 'ann-4711', nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent', sessionIndex: '_session-1',
          authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
          claims: { email: ['ann@company.example'], groups: ['engineering', 'staff'], nameID: 'ann-4711' },
        },
      },
    });
  });

  it.each(honest)('%s, is good too', async (_name, forgery) => {
    expect(failed(await judgeAnswer(await forgeAnswer(forgery), rulesFor()))).toEqual([]);
  });

  it('an answer that nobody asked for, counts where it is allowed, and names no request', async () => {
    const verdict = await judgeAnswer(await forgeAnswer(unasked), rulesFor({ idpInitiated: true }));
    expect(verdict.ok && verdict.answer.requestId).toBeUndefined();
    expect(verdict.ok).toBe(true);
    expect(failed(await judgeAnswer(await forgeAnswer(unasked), rulesFor()))).toMatchObject([{ step: 'in-response-to' }]);
  });

  it('an attribute that is sent once for each value, has all of them', async () => {
    const says = swap('</saml:AttributeStatement>', '<saml:Attribute Name="groups"><saml:AttributeValue>more</saml:AttributeValue>'
      + '</saml:Attribute><saml:Attribute Name="__proto__"><saml:AttributeValue>odd</saml:AttributeValue></saml:Attribute>'
      + '<saml:Attribute Name="nameID"><saml:AttributeValue>bob</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>');
    const verdict = await judgeAnswer(await forgeAnswer({ says }), rulesFor());
    const claims = verdict.ok ? verdict.answer.person.claims : {};
    expect(claims).toMatchObject({ groups: ['engineering', 'staff', 'more'], nameID: 'ann-4711' });
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype);
  });

  it('a second key of the provider, verifies as the first one does', async () => {
    const { company, attacker } = samlWorld;
    const sent = await forgeAnswer();
    expect((await judgeAnswer(sent, rulesFor({ keys: [attacker.publicKey, company.publicKey] }))).ok).toBe(true);
    expect(failed(await judgeAnswer(sent, rulesFor({ keys: [attacker.publicKey] })))).toMatchObject([{ step: 'signature' }]);
    expect(failed(await judgeAnswer(sent, rulesFor({ keys: [] })))).toMatchObject([{ ok: false }]);
  });

  it('an answer of the largest size, is judged within 2 s of processor time', async () => {
    const extensions = `<samlp:Extensions>${'<a b=""/>'.repeat(proof({ short: 500, ci: 2_950, full: 2_950 }))}</samlp:Extensions>`;
    const filled = await forgeAnswer({ wraps: swap('<samlp:Status>', `${extensions}<samlp:Status>`) });
    const texts = ['<'.repeat(390_000), '&#x41;'.repeat(60_000), `<a ${'b="" '.repeat(70_000)}/>`, `<a "${'<b "'.repeat(90_000)}`];
    const before = process.cpuUsage();
    for (const sent of [filled, ...texts.map((text) => Buffer.from(text).toString('base64'))]) await judgeAnswer(sent, rulesFor());
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000_000).toBeLessThan(2);
  });
});
