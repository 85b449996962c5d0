import { createSecretKey, randomBytes } from 'node:crypto';
import { openSealed, seal } from '../../src/platform/sealed.ts';
import type { Sealed } from '../../src/platform/sealed.ts';

const key = createSecretKey(randomBytes(32));
const secret = Buffer.from('the private key, in DER');
const sealed = seal(secret, 'kid-1', key);

describe('seal and openSealed', () => {
  it('sealed secret, opens under the same key at the same place', () => {
    expect(openSealed(sealed, 'kid-1', key)).toEqual(secret);
  });

  it('same secret sealed twice, shares neither IV nor data', () => {
    const again = seal(secret, 'kid-1', key);
    expect(again.iv).not.toBe(sealed.iv);
    expect(again.data).not.toBe(sealed.data);
  });

  it('another encryption key, is refused', () => {
    expect(() => openSealed(sealed, 'kid-1', createSecretKey(randomBytes(32)))).toThrow();
  });

  it('another place: another row or another field, is refused', () => {
    const client = seal(secret, 'identityProviders:default.1:clientSecret', key);
    expect(openSealed(client, 'identityProviders:default.1:clientSecret', key)).toEqual(secret);
    for (const place of ['identityProviders:default.2:clientSecret', 'identityProviders:default.1:bindPassword', 'kid-1', '']) {
      expect(() => openSealed(client, place, key)).toThrow();
    }
  });

  it('signing key that an earlier version sealed under its kid, opens', () => {
    const earlier = { iv: 'mpi7A60-4ZGYW_oE', tag: 'QCAL8--GzkqZmEJ8Eq4JUA', data: 'eZ9Ne4zbLpV2ExTQoyn-IDQ1vcHxcUE' };
    expect(openSealed(earlier, 'kid-1', createSecretKey(Buffer.alloc(32, 7)))).toEqual(secret);
  });

  it.each(['iv', 'tag', 'data'] as const)('altered, shortened or emptied %s, is refused', (part) => {
    const bytes = Buffer.from(sealed[part], 'base64url');
    const altered = Buffer.from(bytes);
    altered.writeUInt8(altered.readUInt8(0) ^ 1, 0);
    const changes: Buffer[] = [
      altered, bytes.subarray(0, bytes.length - 1), bytes.subarray(0, 4), Buffer.concat([bytes, Buffer.of(0)]), Buffer.alloc(0),
    ];
    for (const change of changes) {
      const broken: Sealed = { ...sealed, [part]: change.toString('base64url') };
      expect(() => openSealed(broken, 'kid-1', key)).toThrow();
    }
  });

  it('encryption key that is not 32 bytes, is refused', () => {
    expect(() => seal(secret, 'kid-1', createSecretKey(randomBytes(16)))).toThrow();
  });
});
