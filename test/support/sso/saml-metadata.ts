import { makeSamlKey } from './saml-forger.ts';

/** The address and the key of a company's provider. */
export const idp = { entityId: 'https://idp.example/saml', signOn: 'https://idp.example/sso', logout: 'https://idp.example/slo', key: makeSamlKey() };

const base64Of = (certificate: string) => certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');

/** A key of a provider in its metadata. */
export function keyDescriptor(certificate: string, use = ' use="signing"'): string {
  return `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>`
    + `${base64Of(certificate)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
}

const binding = (name: string) => `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-${name}"`;

/** The metadata of the provider, with these keys. */
export function idpMetadataText(keys = keyDescriptor(idp.key.certificate)): string {
  return '<?xml version="1.0" encoding="UTF-8"?><!-- for people -->'
    + `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${idp.entityId}">`
    + '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAuthnRequestsSigned="true">'
    + `${keys}<md:SingleLogoutService ${binding('Redirect')} Location="${idp.logout}"/>`
    + `<md:SingleLogoutService ${binding('POST')} Location="${idp.logout}" ResponseLocation="${idp.logout}/done"/>`
    + '<md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>'
    + `<md:SingleSignOnService ${binding('POST')} Location="${idp.signOn}"/>`
    + `<md:SingleSignOnService ${binding('Redirect')} Location="${idp.signOn}"/>`
    + '</md:IDPSSODescriptor></md:EntityDescriptor>';
}
