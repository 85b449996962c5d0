import { createSecretKey, randomBytes } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { buildIndexes } from '../../../src/platform/database/indexes.ts';
import { inTransaction } from '../../../src/platform/database/transactions.ts';
import { seal } from '../../../src/platform/sealed.ts';
import { createSigningKeyModel } from '../../../src/features/signing-keys/signing-key.model.ts';
import { toSecretKey } from '../../../src/features/signing-keys/signing-key.record.ts';
import { createSigningKeyService } from '../../../src/features/signing-keys/signing-key.service.ts';
import { createSigningKeyStore } from '../../../src/features/signing-keys/signing-key.store.ts';
import { createAccessTokens } from '../../../src/tokens/access-token.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import { goodSubject, settingsOf } from '../../tokens/forge.ts';

const database = await createDatabase();
const { connection } = database;
const model = createSigningKeyModel(connection);
const encryptionKey = createSecretKey(randomBytes(32));

const now = 1_790_000_000_000;
const tokenLifetime = 6_000_000;
const makeService = (secret = encryptionKey) => createSigningKeyService(
  { store: createSigningKeyStore(model), secret, tokenLifetime, clock: () => now },
);

const ready = async () => {
  const service = makeService();
  await service.ensure(undefined);
  await service.load();
  return service;
};

beforeAll(() => buildIndexes([model]));
beforeEach(() => model.deleteMany());
describe('signing key service', () => {
  it('empty database, makes one key, and none when there is one', async () => {
    const service = makeService();
    expect(await inTransaction(connection, (session) => service.ensure(session))).toBe(true);
    expect(await inTransaction(connection, (session) => service.ensure(session))).toBe(false);
    expect(await service.ensure(undefined)).toBe(false);
    expect(await model.countDocuments()).toBe(1);
  });

  it('transaction undone, leaves no key', async () => {
    const undone = inTransaction(connection, async (session) => {
      await makeService().ensure(session);
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    expect(await model.countDocuments()).toBe(0);
  });

  it('many nodes at once on an empty database, make one key together', async () => {
    for (let round = 0; round < 5; round += 1) {
      await model.deleteMany();
      const nodes = [1, 2, 3, 4].map(() => inTransaction(connection, (session) => makeService().ensure(session)));
      const made = await Promise.all(nodes);
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await model.countDocuments()).toBe(1);
    }
  });

  it('token of one node, verifies on another that loaded the same keys', async () => {
    const [first, second] = [await ready(), await ready()];
    const { token } = createAccessTokens(settingsOf(first)).sign(goodSubject);
    expect(createAccessTokens(settingsOf(second)).verify(token)).toMatchObject({ ok: true, claims: { sub: 'user-1' } });
  });

  it('before loading, gives no key', () => {
    const service = makeService();
    expect(() => service.signingKey()).toThrow(/not loaded/);
    expect(() => service.jwks()).toThrow(/not loaded/);
  });

  it('nothing stored, loading says to seed', async () => {
    await expect(makeService().load()).rejects.toThrow(/run the seeding/);
  });

  it('published keys, have kid, alg, use and no private member', async () => {
    const service = await ready();
    const { keys: [jwk, ...others] } = service.jwks();
    if (!jwk) throw new Error('no key published');
    expect(others).toEqual([]);
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(jwk).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig', kid: service.signingKey().kid });
    expect(await calculateJwkThumbprint(jwk)).toBe(jwk.kid);
  });

  it('stored key, shows the private half nowhere', async () => {
    const service = await ready();
    const { d = '' } = service.signingKey().privateKey.export({ format: 'jwk' });
    const stored = JSON.stringify(await model.find().lean());
    expect(d).toHaveLength(43);
    expect(stored).not.toContain(d);
    expect(stored).not.toContain(Buffer.from(d, 'base64url').toString('hex'));
  });

  it('another encryption key, loading names KEY_ENCRYPTION_KEY and keeps what was loaded', async () => {
    await ready();
    await expect(makeService(createSecretKey(randomBytes(32))).load()).rejects.toThrow(/KEY_ENCRYPTION_KEY does not fit/);

    const service = await ready();
    const { kid } = service.signingKey();
    await model.updateOne({ _id: kid }, { 'encryptedPrivateKey.tag': randomBytes(16).toString('base64url') });
    await expect(service.load()).rejects.toThrow(/KEY_ENCRYPTION_KEY does not fit/);
    expect(service.signingKey().kid).toBe(kid);
  });

  it('key stored under another kid, is refused', async () => {
    await ready();
    const stored = await model.findOne().orFail().lean();
    await model.deleteMany();
    await model.create({ ...stored, _id: 'another' });
    await expect(makeService().load()).rejects.toThrow(/KEY_ENCRYPTION_KEY does not fit/);
  });

  it('kid that is not the thumbprint of its key, is refused', async () => {
    const { privateKey } = (await ready()).signingKey();
    const stored = await model.findOne().orFail().lean();
    const encryptedPrivateKey = seal(privateKey.export({ type: 'pkcs8', format: 'der' }), 'another', encryptionKey);
    await model.deleteMany();
    await model.create({ ...stored, _id: 'another', encryptedPrivateKey });
    await expect(makeService().load()).rejects.toThrow(/was altered/);
  });

  it('public half replaced in the database, is refused', async () => {
    const { kid } = (await ready()).signingKey();
    await model.updateOne({ _id: kid }, { 'publicJwk.x': randomBytes(32).toString('base64url') });
    await expect(makeService().load()).rejects.toThrow(/was altered/);
  });

  it.each([0, 16, 31, 33])('encryption key of %d bytes, is refused', (size) => {
    expect(() => toSecretKey(randomBytes(size))).toThrow(/32 bytes/);
  });
});
