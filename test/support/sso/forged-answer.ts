import { encryptXml, makeSamlKey, signXml } from './saml-forger.ts';
import type { EncryptOrder, SamlKey, SignOrder } from './saml-forger.ts';

/** Keys that were made before. A key takes 0.1 s, so none is made that a test does not use. */
const keys = new Map<string, SamlKey>();

function keyOf(name: string): SamlKey {
  const key = keys.get(name) ?? makeSamlKey();
  keys.set(name, key);
  return key;
}

/** Everything that a good answer of a company's provider is made from. */
export const samlWorld = {
  issuer: 'https://idp.example/saml', audience: 'https://gatehouse.example/sso/metadata/t.1', acsUrl: 'https://gatehouse.example/sso/acs/t.1',
  requestId: '_request-of-this-login', person: 'ann-4711',
  get company() { return keyOf('company'); },
  get attacker() { return keyOf('attacker'); },
  get ours() { return keyOf('ours'); },
  get oursBefore() { return keyOf('ours before'); },
};

export type AnswerShape = 'assertion' | 'both' | 'encrypted' | 'encrypted and signed';
export const answerShapes: readonly AnswerShape[] = ['assertion', 'both', 'encrypted', 'encrypted and signed'];

/** What is different from a good answer. Each function gets the text at that stage. */
export interface AnswerForgery {
  readonly shape?: AnswerShape;
  /** The assertion before it is signed: the provider itself says something else. */
  readonly says?: (assertion: string) => string;
  /** How the assertion is signed; null for no signature. */
  readonly signs?: Partial<SignOrder> | null;
  /** The signed assertion, which an attacker changes. */
  readonly tampers?: (assertion: string) => string;
  readonly encrypts?: EncryptOrder & { readonly key?: SamlKey };
  /** The response around it before it is signed. */
  readonly wraps?: (response: string) => string;
  readonly signsResponse?: Partial<SignOrder> | null;
  /** The whole answer as text, at last. */
  readonly brings?: (response: string) => string;
  /** The text of the form field. */
  readonly sends?: (base64: string) => string;
}

export const ids = { response: '_response-1', assertion: '_assertion-1' };

export const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

const { issuer, audience, acsUrl, requestId, person } = samlWorld;
const goodAssertion = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${ids.assertion}" Version="2.0"`
  + ` IssueInstant="${at(-1)}">`
  + `<saml:Issuer>${issuer}</saml:Issuer>`
  + `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${person}</saml:NameID>`
  + '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
  + `<saml:SubjectConfirmationData InResponseTo="${requestId}" Recipient="${acsUrl}" NotOnOrAfter="${at(240)}"/>`
  + '</saml:SubjectConfirmation></saml:Subject>'
  + `<saml:Conditions NotBefore="${at(-60)}" NotOnOrAfter="${at(270)}">`
  + `<saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`
  + `<saml:AuthnStatement AuthnInstant="${at(-30)}" SessionIndex="_session-1"><saml:AuthnContext>`
  + '<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef>'
  + '</saml:AuthnContext></saml:AuthnStatement>'
  + '<saml:AttributeStatement><saml:Attribute Name="email"><saml:AttributeValue>ann@company.example</saml:AttributeValue>'
  + '</saml:Attribute>'
  + '<saml:Attribute Name="groups"><saml:AttributeValue>engineering</saml:AttributeValue><saml:AttributeValue>staff</saml:AttributeValue>'
  + '</saml:Attribute></saml:AttributeStatement></saml:Assertion>';
const responseTime = at(-1);

function responseText(content: string): string {
  return '<?xml version="1.0" encoding="UTF-8"?>'
    + `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${ids.response}" Version="2.0" IssueInstant="${responseTime}"`
    + ` Destination="${acsUrl}" InResponseTo="${requestId}">`
    + `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer>`
    + '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>'
    + `${content}</samlp:Response>`;
}

const same = (text: string) => text;

/** Everything that was signed for good answers. A case that changes it later starts from here, because signing takes most of the time. */
const signedBefore = new Map<string, string>();

function sign(xml: string, order: SignOrder): string {
  const key = JSON.stringify([xml, order]);
  const signed = signedBefore.get(key) ?? signXml(xml, order);
  signedBefore.set(key, signed);
  return signed;
}

/** Makes an answer, which is good where the forgery changes nothing. */
export async function forgeAnswer(forgery: AnswerForgery = {}): Promise<string> {
  const { shape = 'assertion', says = same, tampers = same, wraps = same, brings = same, sends = same } = forgery;
  const { privateKey } = samlWorld.company;
  const said = says(goodAssertion);
  const signed = tampers(forgery.signs === null ? said : sign(said, { privateKey, id: ids.assertion, ...forgery.signs }));
  const { key, ...order } = forgery.encrypts ?? {};
  const content = shape.startsWith('encrypted') ? await encryptXml(signed, key ?? samlWorld.ours, order) : signed;
  const wrapped = wraps(responseText(content));
  const signsResponse = forgery.signsResponse !== null && (shape === 'both' || shape === 'encrypted and signed' || forgery.signsResponse);
  const response = signsResponse ? sign(wrapped, { privateKey, id: ids.response, ...forgery.signsResponse }) : wrapped;
  return sends(Buffer.from(brings(response)).toString('base64'));
}

/** Replaces a text that must stand there, so that no case is a good answer by mistake. */
export const swap = (from: string | RegExp, to: string) => (text: string): string => {
  const swapped = text.replace(from, () => to);
  if (swapped === text) throw new Error(`Nothing to replace by ${JSON.stringify(to.slice(0, 80))}.`);
  return swapped;
};
