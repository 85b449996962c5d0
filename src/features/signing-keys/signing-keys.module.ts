import type { KeyObject } from 'node:crypto';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { createAccessTokens } from '../../tokens/access-token.ts';
import { createCurrentTokens } from '../../tokens/current-tokens.ts';
import { toSecretKey } from './signing-key.record.ts';
import { createKeyRotation } from './signing-key.rotation.ts';
import { createSigningKeyService } from './signing-key.service.ts';
import type { SigningKeyStore } from './signing-key.store.ts';

export interface SigningKeysModuleDeps extends Pick<Platform, 'changes' | 'clock' | 'metrics' | 'lockDocument'> {
  readonly stores: { readonly signingKeys: SigningKeyStore };
  readonly settings: {
    readonly keyEncryptionKey: KeyObject;
    readonly publicUrl: string;
    readonly accessTokenSeconds: number;
    /** In s. */
    readonly clockTolerance: number;
    readonly claimsNamespace: string | null;
  };
}

/** The keys that sign access tokens, and the tokens that they sign. */
export function createSigningKeysModule({ stores, settings, changes, clock, metrics, lockDocument }: SigningKeysModuleDeps) {
  const { keyEncryptionKey, publicUrl, accessTokenSeconds, clockTolerance, claimsNamespace } = settings;
  // The clock of the last node that signs may be late by the tolerance, and so may the clock of the node that verifies.
  const tokenLifetime = (accessTokenSeconds + Math.max(60, 2 * clockTolerance)) * 1_000;
  const shared = { store: stores.signingKeys, secret: toSecretKey(keyEncryptionKey), tokenLifetime, clock };
  const keys = createSigningKeyService(shared);
  const tokens = createAccessTokens({
    keys, issuer: publicUrl, audience: 'gatehouse', namespace: claimsNamespace, lifetimeSeconds: accessTokenSeconds,
    toleranceSeconds: clockTolerance,
    clock, onLookup: (hit) => { metrics.cacheLookup('token', hit); },
  });
  return {
    name: 'signing-keys',
    routes: [],
    start: keys.load,
    keys,
    rotation: createKeyRotation({ ...shared, changes, lockDocument }),
    accessTokens: createCurrentTokens({ tokens, keys }),
  } satisfies Module & Record<string, unknown>;
}
