import { ids, samlWorld, swap } from '../../../../support/sso/forged-answer.ts';
import type { AnswerForgery } from '../../../../support/sso/forged-answer.ts';
import { casesOf } from './hostile-answer.ts';

const { person, issuer } = samlWorld;
const namespace = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
const assertionOf = (xml: string) => /<saml:Assertion.*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
const signatureOf = (xml: string) => /<ds:Signature .*?<\/ds:Signature>/s.exec(assertionOf(xml))?.[0] ?? '';
const withoutSignature = (assertion: string) => assertion.replace(/<ds:Signature .*?<\/ds:Signature>/s, '');
/** An assertion about somebody else, unsigned, with the ID of the signed one or another. */
const evilOf = (xml: string, id = '_evil') => withoutSignature(assertionOf(xml)).replace(person, 'bob').replace(ids.assertion, id);
const inEvil = (evil: string, content: string) => evil.replace('</saml:Assertion>', `${content}</saml:Assertion>`);
const beforeAssertion = (content: string) => swap('<saml:Assertion', `${content}<saml:Assertion`);
const afterAssertion = (content: string) => swap('</saml:Assertion></samlp:Response>', `</saml:Assertion>${content}</samlp:Response>`);
const replaced = (build: (xml: string) => string) => (xml: string) => xml.replace(assertionOf(xml), () => build(xml));
const extensions = (content: string) => `<samlp:Extensions>${content}</samlp:Extensions>`;

/** Signature wrapping (Somorovsky et al., "On Breaking SAML", 2012): the signed assertion stays somewhere, and another one is beside it. */
const wrappings: readonly (readonly [name: string, brings: (xml: string) => string, without?: string])[] = [
  ['another assertion before it', (xml) => beforeAssertion(evilOf(xml))(xml)],
  ['another assertion behind it', (xml) => afterAssertion(evilOf(xml))(xml)],
  ['another assertion with the same ID before it', (xml) => beforeAssertion(evilOf(xml, ids.assertion))(xml), 'id'],
  ['another assertion around it', replaced((xml) => inEvil(evilOf(xml), assertionOf(xml)))],
  ['another assertion with the signature, the signed one behind it', replaced((xml) => (
    `${inEvil(evilOf(xml), signatureOf(xml))}${withoutSignature(assertionOf(xml))}`))],
  ['another assertion with the signature, the signed one in its object', replaced((xml) => inEvil(evilOf(xml), signatureOf(xml).replace(
    '</ds:Signature>', `<ds:Object>${withoutSignature(assertionOf(xml))}</ds:Object></ds:Signature>`)))],
  ['the signed one in the extensions', replaced((xml) => `${extensions(assertionOf(xml))}${evilOf(xml)}`)],
  ['another assertion in the extensions', (xml) => beforeAssertion(extensions(evilOf(xml)))(xml)],
  ['the signed one in the status', (xml) => swap(
    '</samlp:Status>', `<samlp:StatusDetail>${assertionOf(xml)}</samlp:StatusDetail></samlp:Status>`)(replaced(evilOf)(xml))],
  ['the signed one in an attribute of another', replaced((xml) => evilOf(xml).replace(
    '>ann@company.example<', () => `>${assertionOf(xml)}<`))],
  ['the signed one as advice of another', replaced((xml) => evilOf(xml).replace(
    '</saml:Conditions>', () => `</saml:Conditions><saml:Advice>${assertionOf(xml)}</saml:Advice>`))],
  ['the signed one in the confirmation of another', replaced((xml) => evilOf(xml).replace(
    /(<saml:SubjectConfirmationData[^>]*)\/>/, (_, tag: string) => `${tag}>${assertionOf(xml)}</saml:SubjectConfirmationData>`))],
  ['the signed one in the key of the signature of another', replaced((xml) => inEvil(evilOf(xml), signatureOf(xml).replace(
    '</ds:Signature>', `<ds:KeyInfo>${withoutSignature(assertionOf(xml))}</ds:KeyInfo></ds:Signature>`)))],
];
const wrapped = (shape: AnswerForgery['shape'] & string) => wrappings.map(
  ([name, brings, without = 'signature-form']) => (
    [`${name} (response ${shape === 'both' ? 'signed' : 'unsigned'})`, { shape, brings }, without] as const));

const wrappedAssertions = casesOf('assertion', 'signature-form', [...wrapped('assertion'), ...wrapped('both')]);
const assertions = [...wrappedAssertions, ...casesOf('assertion', 'in', [
  ['none', { brings: replaced(() => '') }, 'name-id'],
  ['in another namespace', {
    says: swap('<saml:Assertion xmlns:saml="', '<saml:Assertion xmlns:saml="urn:other" xmlns:b="') }, 'signature-form'],
  ['in another namespace, beside it', { brings: afterAssertion('<Assertion xmlns="urn:other"/>') }, 'signature-form'],
  ['an encrypted one beside it', { brings: afterAssertion(`<saml:EncryptedAssertion ${namespace}/>`) }, 'signature-form'],
  ['in an element of the response', {
    brings: replaced((xml) => `<samlp:Response>${assertionOf(xml)}</samlp:Response>`) }, 'signature-form'],
  ['an unknown element beside it', { brings: afterAssertion('<a/>') }],
  ['an element of SAML 1 beside it', { brings: afterAssertion('<Status xmlns="urn:oasis:names:tc:SAML:1.0:protocol"/>') }, 'status'],
  ['two issuers of the response', { brings: beforeAssertion(`<saml:Issuer ${namespace}>${issuer}</saml:Issuer>`) }],
  ['extensions twice', { brings: beforeAssertion('<samlp:Extensions/><samlp:Extensions/>') }],
])];

const roots = casesOf('root', 'in', [
  ['the assertion alone', { brings: assertionOf }, 'assertion'],
  ['a request', { brings: (xml) => xml.replaceAll('samlp:Response', 'samlp:AuthnRequest') }, 'signature'],
  ['a logout response', { brings: (xml) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse') }, 'signature'],
  ['an artifact response', { brings: (xml) => xml.replaceAll('samlp:Response', 'samlp:ArtifactResponse') }, 'signature'],
  ['a response of SAML 1', { brings: (xml) => xml.replace('SAML:2.0:protocol"', 'SAML:1.0:protocol"') }, 'assertion'],
  ['another version', { brings: swap('Version="2.0"', 'Version="1.1"') }], ['no version', { brings: swap(' Version="2.0"', '') }],
  ['no ID', { brings: swap(` ID="${ids.response}"`, '') }], ['an empty ID', { brings: swap(`ID="${ids.response}"`, 'ID=""') }],
  ['an ID with a quote', { brings: swap(ids.response, "a' or '1") }],
  ['an envelope around it', { brings: (xml) => `<Envelope>${xml.replace(/^<\?.*?\?>/, '')}</Envelope>` }, 'assertion'],
]);

const success = '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>';
const codeOf = (name: string, content = '') => (
  `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${name}">${content}</samlp:StatusCode>`);
const statuses = casesOf('status', 'in', [
  ['a failure', { brings: swap(success, codeOf('Requester')) }],
  ['a failure that holds a success', { brings: swap(success, codeOf('Responder', success)) }],
  ['a failure before the success', { brings: swap(success, `${codeOf('Responder')}${success}`) }],
  ['a failure in a signed response', { shape: 'both', wraps: swap(success, codeOf('Responder')) }],
  ['a failure with an encrypted assertion', { shape: 'encrypted', wraps: swap(success, codeOf('Responder')) }],
  ['none', { brings: swap(/<samlp:Status>.*<\/samlp:Status>/, '') }], ['no code', { brings: swap(success, '') }],
  ['a code without a value', { brings: swap(success, '<samlp:StatusCode/>') }],
  ['a code in small letters', { brings: swap('status:Success', 'status:success') }],
  ['a code of another namespace', { brings: swap(success, success.replace('samlp:StatusCode', 'StatusCode')) }],
  ['a second one deeper', {
    brings: swap('</samlp:Status>', `<samlp:StatusDetail><Status>${success}</Status></samlp:StatusDetail></samlp:Status>`) }],
]);

const identifiers = casesOf('id', 'in', [
  ['of the assertion, at the response', { brings: swap(ids.response, ids.assertion) }, 'signature'],
  ['of the assertion, at the status, as Id', { brings: swap('<samlp:Status>', `<samlp:Status Id="${ids.assertion}">`) }, 'signature'],
  ['of the assertion, at the status, as id', { brings: swap('<samlp:Status>', `<samlp:Status id="${ids.assertion}">`) }, 'signature'],
  ['of the assertion, at the status, as xml:id', {
    brings: swap('<samlp:Status>', `<samlp:Status xml:id="${ids.assertion}">`) }, 'signature'],
  ['of the assertion, at an attribute of it', {
    says: swap('<saml:AttributeValue>', `<saml:AttributeValue ID="${ids.assertion}">`), signs: null }, 'signed'],
  ['of the response, in the encrypted assertion', {
    shape: 'encrypted and signed', says: swap('<saml:AttributeValue>', `<saml:AttributeValue ID="${ids.response}">`) }],
  ['twice in the encrypted assertion', { shape: 'encrypted', says: swap('<saml:AttributeValue>', '<saml:AttributeValue Id="a" ID="a">') }],
]);

const names = casesOf('name-id', 'subject', [
  ['two', { says: swap('</saml:NameID>', '</saml:NameID><saml:NameID>bob</saml:NameID>') }],
  ['two in the encrypted assertion', { shape: 'encrypted', says: swap('</saml:NameID>', '</saml:NameID><saml:NameID>bob</saml:NameID>') }],
  ['none', { says: swap(/<saml:NameID.*<\/saml:NameID>/, '') }],
  ['an encrypted one', { says: (xml) => xml.replaceAll('saml:NameID', 'saml:EncryptedID') }],
  ['a base ID', { says: (xml) => xml.replaceAll('saml:NameID', 'saml:BaseID') }],
  ['in another namespace', {
    says: (xml) => xml.replace('<saml:NameID', '<b:NameID xmlns:b="urn:b"').replace('</saml:NameID', '</b:NameID') }],
  ['one more in the confirmation', {
    says: swap('<saml:SubjectConfirmationData', '<saml:NameID>bob</saml:NameID><saml:SubjectConfirmationData') }, 'in'],
  ['one more in an attribute', {
    says: swap('<saml:AttributeValue>', '<saml:AttributeValue><saml:NameID>bob</saml:NameID>') }, 'in'],
  ['one in a name', { says: swap(person, `<saml:NameID>${person}</saml:NameID>`) }],
]);

const twice = (name: string) => (xml: string) => xml.replace(
  new RegExp(`<saml:${name}[ >].*</saml:${name}>`), (found) => `${found}${found}`);
const parts = casesOf('assertion-form', 'in', [
  ['two subjects', { says: twice('Subject') }, 'name-id'], ['two conditions', { says: twice('Conditions') }, 'library'],
  ['two statements of authentication', { says: twice('AuthnStatement') }, 'authn-instant'],
  ['two statements of attributes', { says: twice('AttributeStatement') }],
  ['two issuers', { says: (xml) => xml.replace('<saml:Subject>', `<saml:Issuer>${issuer}</saml:Issuer><saml:Subject>`) }, 'issuer'],
  ['advice', { says: swap('</saml:Conditions>', '</saml:Conditions><saml:Advice/>') }],
  ['an unknown element', { says: swap('<saml:Subject>', '<a/><saml:Subject>') }],
  ['an unknown element in an encrypted assertion', { shape: 'encrypted', says: swap('<saml:Subject>', '<a/><saml:Subject>') }],
  ['another version', { says: swap('Version="2.0"', 'Version="1.1"') }],
]);

/** Answers of another structure: what is signed is not what another reader would take. */
export const structureCases = [...assertions, ...roots, ...statuses, ...identifiers, ...names, ...parts];
