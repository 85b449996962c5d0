import { randomBytes } from 'node:crypto';
import { SAML, ValidateInResponseTo } from '@node-saml/node-saml';
import { maxAssertionAge } from './answer/verify-signature.ts';
import type { OwnSamlKey } from './keys/own-keys.ts';
import type { IdpMetadata } from './metadata/idp-metadata.ts';
import { clockSkew } from './xml/instants.ts';

export interface AuthnRequestOrder {
  readonly metadata: Pick<IdpMetadata, 'signOn' | 'certificates'>;
  /** The entityID of Gatehouse at this provider. */
  readonly entityId: string;
  readonly acsUrl: string;
  /** The current key of ours. */
  readonly key: OwnSamlKey;
  /** The id that the answer must name: see {@link makeRequestId}. */
  readonly requestId: string;
  readonly nameIdFormat?: string | undefined;
  /** Whether the person must prove anew who they are. */
  readonly forceAuthn?: boolean | undefined;
}

/** How a browser brings a message of ours to a provider. */
export type OutgoingMessage =
  | { readonly binding: 'redirect'; readonly location: string }
  | { readonly binding: 'post'; readonly action: string; readonly fields: Readonly<Record<string, string>> };

/** Makes an id for a request: 256 random bits, in the form of an XML name. */
export function makeRequestId(): string {
  return `_${randomBytes(32).toString('hex')}`;
}

/**
 * Makes a signed request (SAML Core section 3.4.1). It goes by redirect; by POST where the provider has no other binding. It has no
 * RelayState: the answer names the request.
 */
export async function makeAuthnRequest(order: AuthnRequestOrder): Promise<OutgoingMessage> {
  const { metadata: { signOn, certificates }, entityId, acsUrl, key, requestId, nameIdFormat, forceAuthn } = order;
  const { redirect, post } = signOn;
  const entryPoint = redirect ?? post;
  if (entryPoint === undefined) throw new TypeError('The metadata has no address for requests.');
  const library = new SAML({
    entryPoint, issuer: entityId, callbackUrl: acsUrl, idpCert: certificates.map(({ publicKey }) => publicKey), audience: entityId,
    privateKey: key.privateKey, signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256', generateUniqueId: () => requestId,
    identifierFormat: nameIdFormat ?? null, forceAuthn: forceAuthn === true, disableRequestedAuthnContext: true,
    wantAssertionsSigned: true, wantAuthnResponseSigned: false, validateInResponseTo: ValidateInResponseTo.never,
    acceptedClockSkewMs: clockSkew, maxAssertionAgeMs: maxAssertionAge,
    skipRequestCompression: redirect === undefined, // only the redirect binding compresses
  });
  if (redirect !== undefined) return { binding: 'redirect', location: await library.getAuthorizeUrlAsync('', undefined, {}) };
  const { SAMLRequest } = await library.getAuthorizeMessageAsync('', undefined, {});
  return { binding: 'post', action: entryPoint, fields: { SAMLRequest: String(SAMLRequest) } };
}
