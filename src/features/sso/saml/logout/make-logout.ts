import { sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { OutgoingMessage } from '../authn-request.ts';
import type { OwnSamlKey } from '../keys/own-keys.ts';
import type { IdpMetadata } from '../metadata/idp-metadata.ts';
import { escapeXml } from '../xml/escape-xml.ts';
import { signRoot } from '../xml/sign-xml.ts';

interface LogoutOrder {
  readonly metadata: Pick<IdpMetadata, 'logout'>;
  /** The entityID of Gatehouse at this provider. */
  readonly entityId: string;
  /** The current key of ours. */
  readonly key: OwnSamlKey;
  /** The id of the message. */
  readonly id: string;
  /** ms since 1970 */
  readonly now: number;
  readonly relayState?: string | undefined;
}

/** The session of a person at the provider, as the assertion of the login named it. */
export interface LogoutRequestOrder extends LogoutOrder {
  readonly nameId: string;
  readonly nameIdFormat?: string | undefined;
  readonly sessionIndex?: string | undefined;
}

export interface LogoutResponseOrder extends LogoutOrder {
  /** The id of the request that is answered. */
  readonly requestId: string;
  readonly isSuccess: boolean;
}

const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

interface Draft {
  readonly name: 'LogoutRequest' | 'LogoutResponse';
  readonly attributes?: string;
  readonly content: string;
}

/** Null if the provider has no address for it. */
function send(order: LogoutOrder, { name, attributes = '', content }: Draft): OutgoingMessage | null {
  const { metadata: { logout: { redirect, post } }, entityId, key: { privateKey }, id, now, relayState } = order;
  const service = redirect ?? post;
  if (!service) return null;
  const isAnswer = name === 'LogoutResponse';
  const destination = isAnswer ? service.responseLocation ?? service.location : service.location;
  const text = `<samlp:${name} xmlns:samlp="${protocol}" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${escapeXml(id)}"`
    + ` Version="2.0" IssueInstant="${new Date(now).toISOString()}" Destination="${escapeXml(destination)}"${attributes}>`
    + `<saml:Issuer>${escapeXml(entityId)}</saml:Issuer>${content}</samlp:${name}>`;
  const field = isAnswer ? 'SAMLResponse' : 'SAMLRequest';
  const state = relayState === undefined ? {} : { RelayState: relayState };
  if (redirect) return { binding: 'redirect', location: redirectTo(destination, { [field]: compress(text), ...state }, privateKey) };
  const signed = Buffer.from(signRoot(text, { privateKey, place: 'after issuer' })).toString('base64');
  return { binding: 'post', action: destination, fields: { [field]: signed, ...state } };
}

function compress(text: string): string {
  return deflateRawSync(text).toString('base64');
}

/** Signs the query as it is written (SAML Bindings section 3.4.4.1). */
function redirectTo(destination: string, parameters: Readonly<Record<string, string>>, privateKey: string): string {
  const query = Object.entries({ ...parameters, SigAlg: signatureAlgorithm }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const signature = sign('sha256', Buffer.from(query), privateKey).toString('base64');
  return `${destination}${destination.includes('?') ? '&' : '?'}${query}&Signature=${encodeURIComponent(signature)}`;
}

/** Makes a signed request that ends a session at the provider; null if the provider has no logout. */
export function makeLogoutRequest(order: LogoutRequestOrder): OutgoingMessage | null {
  const { nameId, nameIdFormat, sessionIndex } = order;
  const format = nameIdFormat === undefined ? '' : ` Format="${escapeXml(nameIdFormat)}"`;
  const session = sessionIndex === undefined ? '' : `<samlp:SessionIndex>${escapeXml(sessionIndex)}</samlp:SessionIndex>`;
  return send(order, { name: 'LogoutRequest', content: `<saml:NameID${format}>${escapeXml(nameId)}</saml:NameID>${session}` });
}

/** Makes a signed answer to a request of the provider; null if the provider has no address for it. */
export function makeLogoutResponse(order: LogoutResponseOrder): OutgoingMessage | null {
  const code = order.isSuccess ? 'Success' : 'Responder';
  return send(order, {
    name: 'LogoutResponse', attributes: ` InResponseTo="${escapeXml(order.requestId)}"`,
    content: `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${code}"/></samlp:Status>`,
  });
}
