import { isDeepStrictEqual } from 'node:util';
import type { IdpCertificate, IdpMetadata } from './idp-metadata.ts';
import { maxCertificates } from './read-metadata.ts';

export interface RefreshedMetadata {
  /** What counts from now on: what was kept, with the new certificates beside the old ones. */
  readonly metadata: IdpMetadata;
  /** The certificates that are new. They are recorded. */
  readonly added: readonly IdpCertificate[];
  /** The fingerprints of kept certificates that the provider no longer lists. They count until an admin removes them. */
  readonly unlisted: readonly string[];
  /** The parts that changed and wait for an admin. */
  readonly waiting: readonly (keyof IdpMetadata)[];
}

/** The parts that may send browsers elsewhere, or that change who is named. */
const guarded = ['entityId', 'signOn', 'logout', 'nameIdFormats'] as const;

/**
 * Compares metadata that was fetched again with what is kept. New certificates count by themselves, because a provider changes its keys
 * without asking anybody; every other change waits for an admin. Metadata of another entityID adds nothing.
 */
export function refreshMetadata(kept: IdpMetadata, fetched: IdpMetadata): RefreshedMetadata {
  const waiting = guarded.filter((part) => !isDeepStrictEqual(kept[part], fetched[part]));
  const known = new Set(kept.certificates.map(({ fingerprint }) => fingerprint));
  const found = waiting.includes('entityId') ? [] : fetched.certificates.filter(({ fingerprint }) => !known.has(fingerprint));
  const hasRoom = kept.certificates.length + found.length <= maxCertificates;
  const added = hasRoom ? found : [];
  const { validUntil: _before, ...rest } = kept;
  const isOther = waiting.includes('entityId');
  const validUntil = isOther ? kept.validUntil : fetched.validUntil;
  const listed = new Set(fetched.certificates.map(({ fingerprint }) => fingerprint));
  return {
    metadata: { ...rest, certificates: [...kept.certificates, ...added], ...(validUntil !== undefined && { validUntil }) },
    added, unlisted: isOther ? [] : [...known].filter((fingerprint) => !listed.has(fingerprint)),
    waiting: hasRoom ? waiting : [...waiting, 'certificates'],
  };
}
