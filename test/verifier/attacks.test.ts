import { AppError } from '../../src/errors/errors.ts';
import { createVerifier } from '../../src/verifier/verifier.ts';
import type { Verifier } from '../../src/verifier/verifier.ts';
import { audience, issuer, lifetimeSeconds, now } from '../tokens/forge.ts';
import { attackedKeys, describeTokenAttacks } from '../tokens/token-attacks.ts';
import { startKeyServer } from './key-server.ts';
import type { KeyServer } from './key-server.ts';

describe('the verifier', () => {
  let keys: KeyServer;
  let verifier: Verifier;
  beforeAll(async () => {
    keys = await startKeyServer(attackedKeys);
    verifier = createVerifier({ issuer, audience, jwksUrl: keys.jwksUrl, accessTokenSeconds: lifetimeSeconds, clock: () => now * 1000 });
  });
  afterAll(async () => {
    // All those attacks, and the server of the keys was asked ten times.
    expect(keys.asked()).toBe(10);
    await keys.close();
  });

  describeTokenAttacks(async (token) => {
    try {
      await verifier.accessOf(token);
      return 'accepted';
    } catch (error) {
      if (error instanceof AppError) return error.code;
      throw error;
    }
  });
});
