import { at, samlWorld, swap } from '../../../../support/sso/forged-answer.ts';
import { casesOf } from './hostile-answer.ts';

const { issuer, audience, acsUrl, requestId, person } = samlWorld;
/** Sets an attribute of the first element of this name; null removes it. */
const set = (element: string, attribute: string, value: string | null) => (xml: string): string => {
  const [tag = ''] = new RegExp(`<saml[a-z]*:${element}[^>]*>`).exec(xml) ?? [];
  const bare = tag.replace(new RegExp(` ${attribute}="[^"]*"`), '');
  return swap(tag, value === null ? bare : bare.replace(/\/?>$/, (end) => ` ${attribute}="${value}"${end}`))(xml);
};
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const local = (seconds: number) => at(seconds).replace('Z', '');
const text = (name: string, value: string) => swap(new RegExp(`(?<=<saml:${name}>)[^<]*`), value);

const inConditions = (content: string) => swap('</saml:Conditions>', `${content}</saml:Conditions>`);

const who = [...casesOf('issuer', 'in', [
  ['another provider', { says: text('Issuer', 'https://other.example/saml') }], ['nobody', { says: text('Issuer', '') }],
  ['the same with a slash', { says: text('Issuer', `${issuer}/`) }], ['the same with a space', { says: text('Issuer', ` ${issuer}`) }],
  ['the same in capital letters', { says: text('Issuer', issuer.toUpperCase()) }],
  ['a name of another format', {
    says: swap('<saml:Issuer>', '<saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">') }],
  ['another provider, of the response alone', { wraps: swap(`>${issuer}<`, '>https://other.example/saml<') }],
  ['another provider, of a signed response', { shape: 'both', wraps: swap(`>${issuer}<`, '>https://other.example/saml<') }],
  ['another provider, encrypted', { shape: 'encrypted', says: text('Issuer', 'https://other.example/saml') }],
]), ...casesOf('subject', 'in', [
  ['empty', { says: swap(`>${person}<`, '><') }], ['a space', { says: swap(`>${person}<`, '> <') }],
  ['a space before it', { says: swap(`>${person}<`, `> ${person}<`) }],
  ['256 characters', { says: swap(`>${person}<`, `>${'a'.repeat(256)}<`) }],
  ['a line break', { says: swap(`>${person}<`, `>${person}&#10;bob<`) }],
  ['elements in it', { says: swap(`>${person}<`, `><b>${person}</b><`) }],
]), ...casesOf('name-format', 'in', [
  ['another one', {
    says: set('NameID', 'Format', 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'), rules: { nameIdFormat: persistent } }],
  ['none', { says: set('NameID', 'Format', null), rules: { nameIdFormat: persistent } }],
])];

const audiences = casesOf('audience', 'audience', [
  ['another service', { says: text('Audience', 'https://other.example') }], ['nobody', { says: text('Audience', '') }],
  ['the same with a slash', { says: text('Audience', `${audience}/`) }],
  ['the beginning of it', { says: text('Audience', audience.slice(0, -1)) }],
  ['the address of answers', { says: text('Audience', acsUrl) }],
  ['no restriction', { says: swap(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '') }],
  ['an empty restriction', { says: swap(/<saml:Audience>.*<\/saml:Audience>/, '') }],
  ['a second restriction to another service', {
    says: inConditions('<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction>') }],
  ['another service, encrypted', { shape: 'encrypted', says: text('Audience', 'https://other.example') }],
]);

const otherAcs = 'https://gatehouse.example/sso/acs/t.2';
const data = (attribute: string, value: string | null) => set('SubjectConfirmationData', attribute, value);
const where = [...casesOf('destination', 'in', [
  ['another provider of ours', { wraps: set('Response', 'Destination', otherAcs) }],
  ['another provider of ours, signed', { shape: 'both', wraps: set('Response', 'Destination', otherAcs) }],
  ['absent, signed', { shape: 'both', wraps: set('Response', 'Destination', null) }],
  ['absent, signed around an encrypted assertion', { shape: 'encrypted and signed', wraps: set('Response', 'Destination', null) }],
  ['empty', { wraps: set('Response', 'Destination', '') }], ['with a query', { wraps: set('Response', 'Destination', `${acsUrl}?a`) }],
]), ...casesOf('recipient', 'in', [
  ['another provider of ours', { says: data('Recipient', otherAcs) }], ['absent', { says: data('Recipient', null) }],
  ['empty', { says: data('Recipient', '') }], ['another service', { says: data('Recipient', 'https://other.example/acs') }],
]), ...casesOf('confirmation', 'in', [
  ['by a key', { says: swap('cm:bearer', 'cm:holder-of-key') }], ['by the sender', { says: swap('cm:bearer', 'cm:sender-vouches') }],
  ['no method', { says: swap(/ Method="[^"]*"/, '') }],
  ['none', { says: swap(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, '') }, 'recipient'],
  ['none with data', { says: swap(/<saml:SubjectConfirmationData[^>]*>/, '') }, 'recipient'],
  ['two', {
    says: (xml) => xml.replace(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, (found) => `${found}${found}`) }, 'recipient'],
])];

const requests = casesOf('in-response-to', 'in', [
  ['another request, in both', { says: data('InResponseTo', '_other'), wraps: set('Response', 'InResponseTo', '_other') }],
  ['another request, in the response', { wraps: set('Response', 'InResponseTo', '_other') }],
  ['another request, in the confirmation', { says: data('InResponseTo', '_other') }],
  ['none, in the response', { wraps: set('Response', 'InResponseTo', null) }],
  ['none, in the confirmation', { says: data('InResponseTo', null) }],
  ['none at all', { says: data('InResponseTo', null), wraps: set('Response', 'InResponseTo', null) }],
  ['empty', { says: data('InResponseTo', ''), wraps: set('Response', 'InResponseTo', '') }],
  ['none, in the response alone, though none is needed', { wraps: set('Response', 'InResponseTo', null), rules: { idpInitiated: true } }],
  ['none, in the confirmation alone, though none is needed', { says: data('InResponseTo', null), rules: { idpInitiated: true } }],
  ['a closed one, though none is needed', {
    says: data('InResponseTo', '_other'), wraps: set('Response', 'InResponseTo', '_other'), rules: { idpInitiated: true } }],
  ['with a space', { says: data('InResponseTo', `${requestId} `), wraps: set('Response', 'InResponseTo', `${requestId} `) }],
]);

const conditions = (attribute: string, value: string | null) => set('Conditions', attribute, value);
const statement = (attribute: string, value: string | null) => set('AuthnStatement', attribute, value);
const times = [...casesOf('time', 'time', [
  ['conditions that ended', { says: conditions('NotOnOrAfter', at(-10)) }],
  ['conditions that begin later', { says: conditions('NotBefore', at(60)) }],
  ['an assertion of ten minutes before', { says: set('Assertion', 'IssueInstant', at(-600)) }],
  ['conditions that ended, encrypted', { shape: 'encrypted', says: conditions('NotOnOrAfter', at(-10)) }],
  ['a confirmation without an end', { says: data('NotOnOrAfter', null) }],
  ['a confirmation until a number', { says: data('NotOnOrAfter', '4102444800000') }],
  ['a confirmation until a day that does not exist', { says: data('NotOnOrAfter', '2100-13-41T00:00:00Z') }],
  ['conditions until a day without a number', { says: conditions('NotOnOrAfter', 'never') }],
  ['conditions without an end', { says: conditions('NotOnOrAfter', null) }],
  ['an assertion without the time of its issue', { says: set('Assertion', 'IssueInstant', null) }],
]), ...casesOf('library', 'library', [
  ['no conditions', { says: swap(/<saml:Conditions.*<\/saml:Conditions>/, '') }],
]), ...casesOf('conditions', 'in', [
  ['no times', { says: (xml) => conditions('NotBefore', null)(conditions('NotOnOrAfter', null)(xml)) }],
  ['an end in no zone', { says: conditions('NotOnOrAfter', local(86_400)) }],
  ['an end in words', { says: conditions('NotOnOrAfter', 'Fri Dec 31 2100') }],
  ['a beginning in no zone', { says: conditions('NotBefore', local(-86_400)) }],
  ['one that nobody knows', { says: inConditions('<saml:Condition/>') }],
  ['one of another namespace', { says: inConditions('<OneTimeUse xmlns="urn:b"/>') }],
]), ...casesOf('confirmation-time', 'in', [
  ['ended', { says: data('NotOnOrAfter', at(-10)) }],
  ['begins later', { says: data('NotBefore', at(60)) }], ['in no zone', { says: data('NotOnOrAfter', local(86_400)) }],
]), ...casesOf('issue-instant', 'in', [
  ['in the future', { says: set('Assertion', 'IssueInstant', at(60)) }],
  ['in no zone', { says: set('Assertion', 'IssueInstant', local(-1)) }],
  ['old, without anybody who asked', {
    says: (xml) => set('Assertion', 'IssueInstant', at(-90))(data('InResponseTo', null)(xml)), wraps: set('Response', 'InResponseTo', null),
    rules: { idpInitiated: true } }],
]), ...casesOf('authn-instant', 'in', [
  ['two days before', { says: statement('AuthnInstant', at(-172_800)) }], ['later', { says: statement('AuthnInstant', at(60)) }],
  ['absent', { says: statement('AuthnInstant', null) }],
  ['no statement', { says: swap(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '') }],
  ['in no zone', { says: statement('AuthnInstant', local(-30)) }],
  ['before the login that demands a new one', {
    says: statement('AuthnInstant', at(-300)), rules: { authenticatedFrom: Date.now() - 60_000 } }],
]), ...casesOf('session-time', 'in', [
  ['ended', { says: statement('SessionNotOnOrAfter', at(-1)) }], ['no time', { says: statement('SessionNotOnOrAfter', 'soon') }],
])];

/** Answers that are truly signed, and say something that does not fit this login. */
export const statementCases = [...who, ...audiences, ...where, ...requests, ...times];
