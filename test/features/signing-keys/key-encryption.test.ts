import { createSecretKey, randomBytes } from 'node:crypto';
import { decryptPrivateKey, encryptPrivateKey } from '../../../src/features/signing-keys/key-encryption.ts';
import type { EncryptedPrivateKey } from '../../../src/features/signing-keys/key-encryption.ts';

const key = createSecretKey(randomBytes(32));
const secret = Buffer.from('the private key, in DER');
const encrypted = encryptPrivateKey(secret, 'kid-1', key);

describe('key encryption', () => {
  it('encrypted key, decrypts under the same key and kid', () => {
    expect(decryptPrivateKey(encrypted, 'kid-1', key)).toEqual(secret);
  });

  it('same key encrypted twice, shares neither IV nor data', () => {
    const again = encryptPrivateKey(secret, 'kid-1', key);
    expect(again.iv).not.toBe(encrypted.iv);
    expect(again.data).not.toBe(encrypted.data);
  });

  it('another encryption key, is refused', () => {
    expect(() => decryptPrivateKey(encrypted, 'kid-1', createSecretKey(randomBytes(32)))).toThrow();
  });

  it('another kid, is refused', () => {
    expect(() => decryptPrivateKey(encrypted, 'kid-2', key)).toThrow();
  });

  it.each(['iv', 'tag', 'data'] as const)('altered, shortened or emptied %s, is refused', (part) => {
    const bytes = Buffer.from(encrypted[part], 'base64url');
    const altered = Buffer.from(bytes);
    altered.writeUInt8(altered.readUInt8(0) ^ 1, 0);
    const changes: Buffer[] = [
      altered, bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 4), Buffer.concat([bytes, Buffer.of(0)]), Buffer.alloc(0),
    ];
    for (const change of changes) {
      const broken: EncryptedPrivateKey = { ...encrypted, [part]: change.toString('base64url') };
      expect(() => decryptPrivateKey(broken, 'kid-1', key)).toThrow();
    }
  });

  it('encryption key that is not 32 bytes, is refused', () => {
    expect(() => encryptPrivateKey(secret, 'kid-1', createSecretKey(randomBytes(16)))).toThrow();
  });
});
