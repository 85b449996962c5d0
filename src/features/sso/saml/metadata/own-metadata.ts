import { randomBytes } from 'node:crypto';
import type { OwnSamlKeys } from '../keys/own-keys.ts';
import { allKeysOf } from '../keys/own-keys.ts';
import { escapeXml } from '../xml/escape-xml.ts';
import { signRoot } from '../xml/sign-xml.ts';

export interface OwnMetadataContent {
  /** The entityID of Gatehouse at this provider. */
  readonly entityId: string;
  readonly acsUrl: string;
  readonly logoutUrl: string;
  readonly keys: OwnSamlKeys;
  readonly nameIdFormat?: string;
}

const encryption = [
  'http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
].map((algorithm) => `<md:EncryptionMethod Algorithm="${algorithm}"/>`).join('');

function keyDescriptor(certificate: string, use: 'signing' | 'encryption'): string {
  const text = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return `<md:KeyDescriptor use="${use}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>`
    + `<ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${use === 'encryption' ? encryption : ''}`
    + '</md:KeyDescriptor>';
}

/**
 * Writes the metadata of Gatehouse for one provider (SAML Metadata section 2.4.4), signed by the current key. Both keys of ours are in
 * it, so that a provider knows the next one before it signs.
 */
export function writeOwnMetadata({ entityId, acsUrl, logoutUrl, keys, nameIdFormat }: OwnMetadataContent): string {
  const all = allKeysOf(keys);
  const at = (binding: string, location: string, more = '') => (
    `Binding="urn:oasis:names:tc:SAML:2.0:bindings:${binding}" Location="${escapeXml(location)}"${more}/>`);
  const text = `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_${randomBytes(20).toString('hex')}"`
    + ` entityID="${escapeXml(entityId)}" cacheDuration="PT1H">`
    + '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true"'
    + ' WantAssertionsSigned="true">'
    + all.map(({ certificate }) => keyDescriptor(certificate, 'signing')).join('')
    + all.map(({ certificate }) => keyDescriptor(certificate, 'encryption')).join('')
    + ['HTTP-Redirect', 'HTTP-POST'].map((binding) => `<md:SingleLogoutService ${at(binding, logoutUrl)}`).join('')
    + (nameIdFormat === undefined ? '' : `<md:NameIDFormat>${escapeXml(nameIdFormat)}</md:NameIDFormat>`)
    + `<md:AssertionConsumerService ${at('HTTP-POST', acsUrl, ' index="0" isDefault="true"')}`
    + '</md:SPSSODescriptor></md:EntityDescriptor>';
  return signRoot(text, { privateKey: keys.current.privateKey, place: 'first' });
}
