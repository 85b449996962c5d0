import { generateKeyPairSync } from 'node:crypto';
import { AppError } from '../../../src/errors/errors.ts';
import { secretFault } from '../../../src/features/sso/provider.secrets.ts';
import type { Protocol } from '../../../src/features/sso/provider.types.ts';
import { createProviderValidation } from '../../../src/features/sso/provider.validation.ts';
import { oidc } from './provider-content.ts';

const validation = createProviderValidation({ allowsHttp: false });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1_024 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (pair: typeof rsa) => ({
  open: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  secret: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});
const bearer = { audience: 'api' };
const jwt = { issuer: oidc.issuer, jwksUri: 'https://login.acme.example/keys', bearer };
const header = { header: 'x-user', secretHeader: 'x-proxy-secret' };

/** The fields that a configuration is refused for. */
function refusedFields(protocol: Protocol, configuration: unknown, with_ = validation): string[] {
  try {
    with_.readConfiguration(protocol, configuration);
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'provider-invalid') throw error;
    return (error.extras.errors ?? []).map(({ field }) => field.replace('body.configuration', ''));
  }
}

describe('the configuration of a provider', () => {
  it.each<[Protocol, object]>([
    ['OIDC', oidc],
    ['OIDC', {
      ...oidc, issuer: 'https://login.microsoftonline.com/9188040d-6c67-4b5b-b112-36a304b66dad/v2.0', scopes: ['openid', 'profile'],
      algorithms: ['ES256', 'EdDSA'], prompt: 'login', maxAge: 0, trustedAmr: ['mfa'], trustedAcr: ['urn:acr:2'],
      bearer: { ...bearer, tenantClaim: 'tid', tenantValue: '7', direct: true, publicClients: true },
    }],
    ['OIDC', { ...oidc, issuer: 'https://acme.eu.auth0.com/' }],
    ['JWT', jwt],
    ['JWT', { issuer: oidc.issuer, publicKeys: [pem(rsa).open, pem(curve).open], bearer }],
    ['HEADER', header],
    ['HEADER', { header: 'x-forwarded-user', secretHeader: 'x-proxy-secret', groupsHeader: 'x-forwarded-groups' }],
  ])('of %s, in a good form, is stored as it was sent', (protocol, configuration) => {
    expect(validation.readConfiguration(protocol, configuration)).toEqual(configuration);
  });

  const faults: [Protocol, unknown, string][] = [
    ['OIDC', null, ''], ['OIDC', [], ''], ['OIDC', { ...oidc, clientId: '' }, '.clientId'], ['OIDC', { ...oidc, more: 1 }, '.more'],
    ['OIDC', { ...oidc, clientId: { $gt: '' } }, '.clientId'], ['OIDC', JSON.parse('{"__proto__":{}}'), '.clientId'],
    ...[
      'http://login.acme.example', 'https://user@login.acme.example', 'https://login.acme.example?a=1', 'https://login.acme.example#a',
      'https://login.acme.example?', 'https://LOGIN.acme.example', 'https://login.acme.example:443', 'https://login.acme.example/a/../b',
      'https://2130706433', 'ftp://login.acme.example', 'login.acme.example', 'https://', `https://${'a'.repeat(500)}.example`,
      'https://login.acme.example\\@evil.example',
    ].map((issuer): [Protocol, unknown, string] => ['OIDC', { ...oidc, issuer }, '.issuer']),
    ...['none', 'HS256', 'HS512', 'rs256'].map((alg): [Protocol, unknown, string] => (
      ['OIDC', { ...oidc, algorithms: ['RS256', alg] }, '.algorithms[1]'])),
    ['OIDC', { ...oidc, algorithms: [] }, '.algorithms'], ['OIDC', { ...oidc, scopes: ['a b'] }, '.scopes[0]'],
    ['OIDC', { ...oidc, clientAuthentication: 'none' }, '.clientAuthentication'], ['OIDC', { ...oidc, prompt: 'none' }, '.prompt'],
    ['OIDC', { ...oidc, bearer: { audience: 'api', tenantClaim: 'tid' } }, '.bearer'], ['OIDC', { ...oidc, maxAge: -1 }, '.maxAge'],
    ['JWT', { issuer: oidc.issuer, bearer }, '.publicKeys'], ['JWT', { ...jwt, publicKeys: [pem(rsa).open] }, '.publicKeys'],
    ['JWT', { issuer: oidc.issuer, publicKeys: [pem(rsa).secret], bearer }, '.publicKeys'],
    ['JWT', { issuer: oidc.issuer, publicKeys: [pem(weak).open], bearer }, '.publicKeys'],
    ['JWT', { ...jwt, jwksUri: 'http://login.acme.example/keys' }, '.jwksUri'],
    ['JWT', { issuer: jwt.issuer, jwksUri: jwt.jwksUri }, '.bearer'],
    ['HEADER', { ...header, header: 'X-User' }, '.header'], ['HEADER', { ...header, header: 'authorization' }, '.header'],
    ['HEADER', { ...header, header: 'cookie' }, '.header'], ['HEADER', { ...header, secretHeader: 'x-user' }, '.secretHeader'],
    ['HEADER', { ...header, groupsHeader: 'x-forwarded-for' }, '.groupsHeader'],
  ];
  it.each(faults)('of %s, as %j, is refused at %s', (protocol, configuration, field) => {
    expect(refusedFields(protocol, configuration)).toContain(field);
  });

  it('over plain http, is possible outside production alone', () => {
    const plain = { ...oidc, issuer: 'http://127.0.0.1:4000' };
    expect(refusedFields('OIDC', plain)).toEqual(['.issuer']);
    expect(refusedFields('OIDC', plain, createProviderValidation({ allowsHttp: true }))).toEqual([]);
  });
});

describe('the secrets of a provider', () => {
  it('that a configuration does not need, are refused', () => {
    const post = { ...oidc, clientAuthentication: 'post' } as const;
    const signed = { ...oidc, clientAuthentication: 'private_key_jwt' } as const;
    expect(() => validation.requireSecrets('OIDC', post, { clientSecret: 'a' })).not.toThrow();
    expect(() => validation.requireSecrets('OIDC', signed, { privateKey: pem(rsa).secret })).not.toThrow();
    for (const [protocol, configuration, secrets] of [
      ['OIDC', post, { privateKey: pem(rsa).secret }], ['OIDC', signed, { clientSecret: 'a' }], ['JWT', jwt, { clientSecret: 'a' }],
      ['HEADER', header, { headerSecret: 'short' }],
    ] as const) {
      expect(() => validation.requireSecrets(protocol, configuration, secrets)).toThrow(
        expect.objectContaining({ code: 'provider-invalid' }) as Error,
      );
    }
  });

  it('private key, in PEM or as a JWK, must be readable and strong', () => {
    const jwk = JSON.stringify(curve.privateKey.export({ format: 'jwk' }));
    for (const key of [pem(rsa).secret, pem(curve).secret, jwk]) expect(secretFault('privateKey', key)).toBeUndefined();
    for (const key of ['', 'text', '{"kty":"EC"}', '{', pem(rsa).open, pem(weak).secret]) {
      expect(secretFault('privateKey', key)).toMatch(/key/);
    }
  });
});
