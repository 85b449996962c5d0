import { createSecretKey, randomBytes } from 'node:crypto';
import { createProviderSecrets } from '../../../src/features/sso/provider.secrets.ts';

const newSecrets = () => createProviderSecrets(createSecretKey(randomBytes(32)));
const secrets = newSecrets();
const [one, other] = ['acme.0123456789abcdef01234567', 'acme.0123456789abcdef01234568'];
const sealed = secrets.seal(one, { clientSecret: 'geheim 密', privateKey: 'key' });

describe('a sealed secret', () => {
  it('of the same provider and field, opens', () => {
    expect(secrets.open(one, sealed)).toEqual({ clientSecret: 'geheim 密', privateKey: 'key' });
    expect(JSON.stringify(sealed)).not.toContain('geheim');
  });

  it('moved to another provider or field, or under another key, does not open', () => {
    const { clientSecret, privateKey } = sealed;
    if (!clientSecret || !privateKey) throw new Error('not sealed');
    expect(() => secrets.open(other, { clientSecret })).toThrow();
    expect(() => secrets.open(one, { privateKey: clientSecret })).toThrow();
    expect(() => newSecrets().open(one, { clientSecret })).toThrow();
    expect(() => secrets.open(one, { clientSecret: { ...clientSecret, data: privateKey.data } })).toThrow();
    expect(() => secrets.open(one, { clientSecret: { ...clientSecret, tag: clientSecret.tag.slice(0, 6) } })).toThrow();
  });

  it('of the same text twice, differs', () => {
    expect(secrets.seal(one, { clientSecret: 'geheim 密' })).not.toEqual({ clientSecret: sealed.clientSecret });
  });
});
