import { inflateRawSync } from 'node:zlib';
import { verify } from 'node:crypto';
import { makeAuthnRequest, makeRequestId } from '../../../../src/features/sso/saml/authn-request.ts';
import { allNamed, attributeOf, onlyChild, plainText } from '../../../../src/features/sso/saml/xml/elements.ts';
import { parseStrictly } from '../../../../src/features/sso/saml/xml/parse-strictly.ts';
import { verifyRoot } from '../../../../src/features/sso/saml/xml/sign-xml.ts';
import { samlWorld } from '../../../support/sso/forged-answer.ts';

const { ours, audience, acsUrl, company } = samlWorld;
const certificates = [{ publicKey: company.publicKey, fingerprint: '', endsAt: 0 }];
const order = { entityId: audience, acsUrl, key: ours, requestId: makeRequestId() };
const signOn = 'https://idp.example/sso?tenant=a';

function parsed(text: string) {
  const root = parseStrictly(text);
  if (!root) throw new Error('The request is not well-formed.');
  return root;
}

describe('makeAuthnRequest', () => {
  it('a provider with the redirect binding, is sent a query that our key signs', async () => {
    const metadata = { signOn: { redirect: signOn, post: signOn }, certificates };
    const message = await makeAuthnRequest({ ...order, metadata, forceAuthn: true });
    if (message.binding !== 'redirect') throw new Error('It goes by POST.');
    const { searchParams, origin } = new URL(message.location);
    expect([origin, searchParams.get('tenant'), searchParams.get('SigAlg')]).toEqual(
      ['https://idp.example', 'a', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256']);
    expect([...searchParams.keys()].sort()).toEqual(['SAMLRequest', 'SigAlg', 'Signature', 'tenant']);
    const signed = ['SAMLRequest', 'SigAlg'].map((name) => `${name}=${encodeURIComponent(searchParams.get(name) ?? '')}`).join('&');
    expect(verify('sha256', Buffer.from(signed), ours.publicKey, Buffer.from(searchParams.get('Signature') ?? '', 'base64'))).toBe(true);
    const root = parsed(inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString());
    expect(['ID', 'Destination', 'AssertionConsumerServiceURL', 'ForceAuthn'].map((name) => attributeOf(root, name))).toEqual(
      [order.requestId, signOn, acsUrl, 'true']);
    expect(plainText(onlyChild(root, 'assertion', 'Issuer'))).toBe(audience);
    expect(allNamed(root, 'RequestedAuthnContext')).toEqual([]);
  });

  it('a provider with the POST binding alone, is sent a form whose document our key signs', async () => {
    const message = await makeAuthnRequest({
      ...order, metadata: { signOn: { post: signOn }, certificates }, nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    });
    if (message.binding !== 'post') throw new Error('It goes by redirect.');
    expect(message.action).toBe(signOn);
    expect(Object.keys(message.fields)).toEqual(['SAMLRequest']);
    const text = Buffer.from(message.fields['SAMLRequest'] ?? '', 'base64').toString();
    const root = verifyRoot(text, parsed(text), [ours.publicKey]);
    expect(attributeOf(root, 'ID')).toBe(order.requestId);
    expect(attributeOf(root && onlyChild(root, 'protocol', 'NameIDPolicy'), 'Format')).toMatch(/persistent$/);
    expect(text).not.toContain('sha1');
  });
});
