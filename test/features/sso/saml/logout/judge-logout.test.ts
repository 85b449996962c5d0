import { sign } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { OutgoingMessage } from '../../../../../src/features/sso/saml/authn-request.ts';
import { judgeLogoutForm, judgeLogoutQuery, logoutChecks } from '../../../../../src/features/sso/saml/logout/judge-logout.ts';
import { makeLogoutRequest, makeLogoutResponse } from '../../../../../src/features/sso/saml/logout/make-logout.ts';
import { at, samlWorld, swap } from '../../../../support/sso/forged-answer.ts';
import { checksWithout } from '../../../../support/sso/checks-without.ts';
import { algorithms, signXml } from '../../../../support/sso/saml-forger.ts';

const { issuer, company, attacker } = samlWorld;
const logoutUrl = 'https://gatehouse.example/sso/logout/t.1';
const rules = { issuer, keys: [company.publicKey], logoutUrl, now: Date.now() };
const service = { location: logoutUrl };
const order = {
  entityId: issuer, key: company, id: '_message-1', now: rules.now, nameId: 'ann-4711', sessionIndex: '_session-1', relayState: 'a b+c',
};
const answerOrder = { ...order, requestId: '_request-1', isSuccess: true };

function queryOf(message: OutgoingMessage | null): string {
  if (message?.binding !== 'redirect') throw new Error('It does not go by redirect.');
  return message.location.slice(message.location.indexOf('?') + 1);
}

function fieldOf(message: OutgoingMessage | null, name: string): string {
  if (message?.binding !== 'post') throw new Error('It does not go by POST.');
  return message.fields[name] ?? '';
}

const request = queryOf(makeLogoutRequest({ ...order, metadata: { logout: { redirect: service } } }));
const response = queryOf(makeLogoutResponse({ ...answerOrder, metadata: { logout: { redirect: service } } }));
const posted = fieldOf(makeLogoutRequest({ ...order, metadata: { logout: { post: service } } }), 'SAMLRequest');

/** The good request or response with another text, signed again as the provider does it. */
function says(change: (text: string) => string, query = request, { privateKey } = company): string {
  const [, name = '', packed = ''] = /^(SAML[a-z]+)=([^&]*)/i.exec(query) ?? [];
  const text = change(inflateRawSync(Buffer.from(decodeURIComponent(packed), 'base64')).toString());
  const repacked = encodeURIComponent(deflateRawSync(text).toString('base64'));
  return signed(`${name}=${repacked}&SigAlg=${encodeURIComponent(algorithms.rsaSha256)}`, privateKey);
}

function signed(query: string, privateKey = company.privateKey): string {
  return `${query}&Signature=${encodeURIComponent(sign('sha256', Buffer.from(query), privateKey).toString('base64'))}`;
}

const unsigned = request.replace(/&Signature=.*/, '');
const inMessage = (content: string) => swap('</saml:Issuer>', `</saml:Issuer>${content}`);

const hostileQueries: readonly (readonly [step: string, name: string, query: string])[] = [
  ['query', 'an unknown parameter', `${request}&a=b`], ['query', 'a message twice', `${request}&${request.split('&')[0] ?? ''}`],
  ['query', 'a request and a response', `${request}&SAMLResponse=a`],
  ['query', 'a name in another spelling', request.replace('SAMLRequest', 'SAML%52equest')],
  ['query', 'a name in small letters', request.replace('SAMLRequest', 'samlrequest')], ['query', 'nothing', ''],
  ['query', 'a signature twice', `${request}&Signature=AAAA`], ['query', 'no message', signed('RelayState=a&SigAlg=b')],
  ['query', '33 kB', `${request}&RelayState=${'a'.repeat(33_000)}`],
  ['algorithm', 'SHA-1', signed(unsigned.replace('more%23rsa-sha256', 'more%23rsa-sha1'))],
  ['algorithm', 'none', signed(unsigned.replace(/&SigAlg=[^&]*/, ''))],
  ['algorithm', 'a member of every object', signed(unsigned.replace(/SigAlg=[^&]*/, 'SigAlg=constructor'))],
  ['signature', 'none', unsigned], ['signature', 'an empty one', `${unsigned}&Signature=`],
  ['signature', 'of another key', signed(unsigned, attacker.privateKey)],
  ['signature', 'another relay state', request.replace('RelayState=a', 'RelayState=b')],
  ['signature', 'the relay state was removed', request.replace(/&RelayState=[^&]*/, '')],
  ['signature', 'the same in another spelling', request.replace('RelayState=a', 'RelayState=%61')],
  ['form', 'not compressed', signed(`SAMLRequest=${encodeURIComponent(posted)}&SigAlg=${encodeURIComponent(algorithms.rsaSha256)}`)],
  ['form', 'more than 64 kB', says((text) => text.padEnd(70_000))],
  ['elements', '501 elements', says(inMessage('<a/>'.repeat(501)))], ['characters', 'a control character', says(inMessage('\u0001'))],
  ['markup', 'a DOCTYPE', says((text) => `<!DOCTYPE a>${text}`)],
  ['markup', 'a comment in the name', says(swap('ann-4711', 'ann<!-- -->-4711'))],
  ['parse', 'two roots', says((text) => `${text}<a/>`)], ['signature-form', 'a signature in the message', says(
    (text) => signXml(text, { privateKey: company.privateKey, id: '_message-1' }))],
  ['root', 'a response in the place of a request', says((text) => text.replaceAll('LogoutRequest', 'LogoutResponse'))],
  ['root', 'another request', says((text) => text.replaceAll('LogoutRequest', 'AuthnRequest'))],
  ['root', 'no ID', says(swap('ID="_message-1"', ''))], ['root', 'another version', says(swap('Version="2.0"', 'Version="1.1"'))],
  ['root', 'a request in the place of a response', says((text) => text.replaceAll('LogoutResponse', 'LogoutRequest'), response)],
  ['id', 'twice', says(inMessage('<a ID="_message-1"/>'))],
  ['issuer', 'another provider', says(swap(issuer, 'https://other.example'))],
  ['issuer', 'none', says(swap(/<saml:Issuer>.*<\/saml:Issuer>/, ''))],
  ['destination', 'another provider of ours', says(swap(logoutUrl, `${logoutUrl}2`))],
  ['destination', 'none', says(swap(/ Destination="[^"]*"/, ''))],
  ['issue-instant', 'six minutes before', says(swap(/IssueInstant="[^"]*"/, `IssueInstant="${at(-360)}"`))],
  ['issue-instant', 'later', says(swap(/IssueInstant="[^"]*"/, `IssueInstant="${at(60)}"`))],
  ['issue-instant', 'none', says(swap(/ IssueInstant="[^"]*"/, ''))],
  ['time', 'ended', says(swap('Version', `NotOnOrAfter="${at(-10)}" Version`))],
  ['name-id', 'none', says(swap(/<saml:NameID.*<\/saml:NameID>/, ''))],
  ['name-id', 'two', says(inMessage('<saml:NameID>bob</saml:NameID>'))],
  ['name-id', 'an empty one', says(swap('ann-4711', ''))],
  ['name-id', 'an encrypted one', says((text) => text.replaceAll('NameID', 'EncryptedID'))],
  ['session-index', 'an empty one', says(swap('_session-1', ''))],
  ['session-index', '101', says(inMessage('<samlp:SessionIndex>a</samlp:SessionIndex>'.repeat(100)))],
  ['session-index', 'of another namespace', says(swap('<samlp:SessionIndex>', '<SessionIndex>a</SessionIndex><samlp:SessionIndex>'))],
  ['in-response-to', 'none', says(swap(' InResponseTo="_request-1"', ''), response)],
  ['status', 'none', says(swap(/<samlp:Status>.*<\/samlp:Status>/, ''), response)],
  ['status', 'two', says(swap(/<samlp:Status>.*<\/samlp:Status>/, '<samlp:Status/><samlp:Status/>'), response)],
];

const textOf = (value: string) => Buffer.from(value, 'base64').toString();
const changed = (change: (text: string) => string) => Buffer.from(change(textOf(posted))).toString('base64');
const bare = textOf(posted).replace(/<ds:Signature .*<\/ds:Signature>/s, '');
const again = (text: string, by: Partial<Parameters<typeof signXml>[1]> = {}) => (
  Buffer.from(signXml(text, { privateKey: company.privateKey, id: '_message-1', ...by })).toString('base64'));

const hostileForms: readonly (readonly [step: string, name: string, value: string])[] = [
  ['form', 'no base64', '<samlp:LogoutRequest/>'], ['form', '200 kB', 'A'.repeat(200_000)], ['form', 'nothing', ''],
  ['parse', 'compressed text', Buffer.from('a').toString('base64')], ['markup', 'a comment', changed((text) => `<!-- -->${text}`)],
  ['signature', 'none', Buffer.from(bare).toString('base64')],
  ['signature', 'of another key', again(bare, { privateKey: attacker.privateKey })],
  ['signature', 'the person was changed', changed(swap('ann-4711', 'bob'))],
  ['algorithm', 'RSA with SHA-1', again(bare, { signature: algorithms.rsaSha1 })],
  ['algorithm', 'a digest of SHA-1', again(bare, { digest: algorithms.sha1 })],
  ['signature-form', 'around another request', Buffer.from(bare.replace('</saml:Issuer>', () => `</saml:Issuer>${textOf(posted)}`).replace(
    '_message-1', '_message-2')).toString('base64')],
  ['signature-form', 'twice', changed((text) => text.replace(/<ds:Signature .*<\/ds:Signature>/s, (found) => `${found}${found}`))],
  ['destination', 'another provider of ours', again(bare.replace(logoutUrl, `${logoutUrl}2`))],
  ['issuer', 'another provider', again(bare.replace(issuer, 'https://other.example'))],
];

const failed = ({ steps }: Awaited<ReturnType<typeof judgeLogoutQuery>>) => steps.filter(({ ok }) => !ok).map(({ step }) => step);

/** The steps that a test can leave out. */
const listed = new Set(Object.values(logoutChecks).flatMap((list) => list.map(({ step }) => step)));

describe('judgeLogoutQuery', () => {
  it('a request of the provider, names the person and the session', async () => {
    const verdict = await judgeLogoutQuery(request, rules);
    expect(failed(verdict)).toEqual([]);
    expect(verdict).toMatchObject({
      ok: true, message: {
        id: '_message-1', relayState: 'a b+c', seen: { name: '_message-1', expiresAt: new Date(rules.now + 310_000) },
        content: { kind: 'request', nameId: 'ann-4711', sessionIndexes: ['_session-1'] },
      },
    });
  });

  it('a response of the provider, names the request and says how it went', async () => {
    expect(await judgeLogoutQuery(response, rules)).toMatchObject({
      ok: true, message: { content: { kind: 'response', requestId: '_request-1', isSuccess: true } },
    });
    const partial = says(swap('status:Success', 'status:Responder'), response);
    expect(await judgeLogoutQuery(partial, rules)).toMatchObject({ ok: true, message: { content: { isSuccess: false } } });
  });

  it.each(hostileQueries)('%s: %s, is refused at its step', async (step, _name, query) => {
    expect(failed(await judgeLogoutQuery(query, rules))).toEqual([step]);
    const without = failed(await judgeLogoutQuery(query, rules, checksWithout(logoutChecks, step)));
    expect(without.includes(step)).toBe(!listed.has(step));
  });

  it('the cases, need every check', () => {
    expect([...listed].filter((step) => !hostileQueries.some(([named]) => named === step))).toEqual([]);
  });
});

describe('judgeLogoutForm', () => {
  const form = { kind: 'SAMLRequest' as const, relayState: 'a' };

  it('a request that the provider signed, is good', async () => {
    const verdict = await judgeLogoutForm({ ...form, value: posted }, rules);
    expect(failed(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ ok: true, message: { relayState: 'a', content: { nameId: 'ann-4711' } } });
  });

  it('a response that the provider signed, is good', async () => {
    const value = fieldOf(makeLogoutResponse({ ...answerOrder, metadata: { logout: { post: service } } }), 'SAMLResponse');
    const verdict = await judgeLogoutForm({ kind: 'SAMLResponse', value }, rules);
    expect(verdict).toMatchObject({ ok: true, message: { content: { kind: 'response' } } });
    expect(failed(await judgeLogoutForm({ kind: 'SAMLRequest', value }, rules))).toEqual(['root']);
  });

  it.each(hostileForms)('%s: %s, is refused at its step', async (step, _name, value) => {
    expect(failed(await judgeLogoutForm({ ...form, value }, rules))).toEqual([step]);
  });
});

describe('makeLogoutRequest', () => {
  it('a provider without a logout, is sent nothing', () => {
    expect(makeLogoutRequest({ ...order, metadata: { logout: {} } })).toBeNull();
  });

  it('an answer, goes where answers go', () => {
    const post = { location: logoutUrl, responseLocation: `${logoutUrl}/done` };
    expect(makeLogoutResponse({ ...answerOrder, metadata: { logout: { post } } })).toMatchObject({ action: post.responseLocation });
    expect(makeLogoutRequest({ ...order, metadata: { logout: { post } } })).toMatchObject({ action: post.location });
  });
});
