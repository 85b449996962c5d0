import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { Client } from '../../support/client/client.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';
import { testSettings } from '../../support/test-settings.ts';

const email = 'root@example.com';
const password = 'a long enough password';
const PUBLIC_URL = 'https://gate.example.com';
const settings = testSettings({ PUBLIC_URL, SUPERADMIN_EMAIL: email, SUPERADMIN_PASSWORD: password });
const otherSecrets = testSettings({ PUBLIC_URL });

const keysOf = async (client: Client) => (await client.get('/.well-known/jwks.json', 200)).body.keys;
const tokenOf = (client: Client) => client.token ?? '';

describe('signing keys', () => {
  let database: TestDatabase;
  let first: TestGatehouse;
  let root: Client;
  beforeAll(async () => {
    database = await createDatabase();
    first = await startGatehouse({ database, logsIn: false, settings });
    root = await first.anonymous.logIn(email, password);
  });

  it('access token, verified by another service with jose and the public JWKS alone, is good and says who is calling', async () => {
    const jwks = createRemoteJWKSet(new URL(`${first.origin}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(tokenOf(root), jwks, {
      issuer: PUBLIC_URL, audience: 'gatehouse', algorithms: ['ES256'], typ: 'at+jwt',
      requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp', 'tenant', 'username'],
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: (await keysOf(root))[0]?.kid });
    expect(payload).toMatchObject({ tenant: 'default', orgId: 'default', username: email, roles: [
      'admin', 'guest', 'superadmin', 'user',
    ], permissions: ['manage:*'], policies: [] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(6000);
  });

  it('access token, altered, is refused by jose', async () => {
    const jwks = createRemoteJWKSet(new URL(`${first.origin}/.well-known/jwks.json`));
    const [header, payload = '', signature] = tokenOf(root).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const risen = Buffer.from(JSON.stringify({ ...claims, roles: ['superadmin', 'more'] })).toString('base64url');
    await expect(jwtVerify([header, risen, signature].join('.'), jwks)).rejects.toThrow('signature verification failed');
  });

  it('JWKS, without a token, holds public members alone and may be cached for ten minutes', async () => {
    const { body, headers } = await first.anonymous.get('/.well-known/jwks.json', 200);
    const text: unknown = expect.stringMatching(/^[\w-]{43}$/);
    expect(body).toEqual({ keys: [{ kty: 'EC', crv: 'P-256', x: text, y: text, kid: text, alg: 'ES256', use: 'sig' }] });
    expect(headers.get('cache-control')).toBe('public, max-age=600');
  });

  it('signing key, as stored, keeps its private half encrypted', async () => {
    const stored = JSON.stringify(await database.connection.collection('signingKeys').find().toArray());
    expect(stored).toContain('encryptedPrivateKey');
    expect(stored).not.toMatch(/"d":|PRIVATE|MIGHAgEA/);
  });

  it('restart with the same settings, publishes the same key and accepts tokens from before', async () => {
    const second = await startGatehouse({ database, logsIn: false, settings });
    try {
      expect(second.report.changed).toBe(false);
      expect(await keysOf(second.anonymous)).toEqual(await keysOf(first.anonymous));
      const { body } = await second.anonymous.withToken(tokenOf(root)).get('/profile/me', 200);
      expect(body).toMatchObject({ user: { email }, roles: [{ type: 'superadmin' }] });
      // And the other way round, as two nodes on one database do.
      const later = await second.anonymous.logIn(email, password);
      await first.anonymous.withToken(tokenOf(later)).get('/profile/me', 200);
      expect(decodeProtectedHeader(tokenOf(later)).kid).toBe(decodeProtectedHeader(tokenOf(root)).kid);
    } finally {
      await second.close();
    }
  });

  it('restart with another public URL, accepts none of the tokens from before', async () => {
    const second = await startGatehouse({ database, logsIn: false, settings: { ...settings, publicUrl: 'https://other.example.com' } });
    try {
      const { body } = await second.anonymous.withToken(tokenOf(root)).get('/profile/me', 401);
      expect(body).toMatchObject({ code: 'token-invalid' });
    } finally {
      await second.close();
    }
  });

  it('restart with another KEY_ENCRYPTION_KEY, fails with a message that names the setting, the key and the cure', async () => {
    const [key] = await keysOf(first.anonymous);
    const restart = startGatehouse({ database, logsIn: false, settings: { ...settings, keyEncryptionKey: otherSecrets.keyEncryptionKey } });
    await expect(restart)
      .rejects.toThrow(
        `KEY_ENCRYPTION_KEY does not fit the stored signing key ${String(key?.['kid'])}: start with the one it was stored under.`,
      );
  });

  it('restart with another KEY_ENCRYPTION_KEY, changes nothing, so that the right one still works', async () => {
    await expect(startGatehouse({ database, logsIn: false, settings: { ...settings, keyEncryptionKey: otherSecrets.keyEncryptionKey } }))
      .rejects.toThrow('KEY_ENCRYPTION_KEY');
    const again = await startGatehouse({ database, logsIn: false, settings });
    await again.anonymous.withToken(tokenOf(root)).get('/profile/me', 200);
    await again.close();
  });
});
