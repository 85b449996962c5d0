import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { UrlRegistry } from '../../../engine/urls/url-registry.ts';
import type { SignedEntries } from '../../../platform/cache/signed-entries.ts';
import { policyShape } from '../../policies/policy.shape.ts';
import { storedRight } from '../../policies/right.shape.ts';
import type { RightSetContent } from '../right-set.types.ts';
import type { GrantCacheKey, SharedGrantCache } from './shared-grant-cache.types.ts';

export interface SharedGrantCacheDeps {
  readonly entries: SignedEntries;
  /** Names this Gatehouse among those that share the key and the cache server. */
  readonly place: string;
  readonly registry: () => UrlRegistry;
  /** ms since 1970 */
  readonly clock: () => number;
}

/** How long an entry may be used, in ms. */
const lifetime = 300_000;

/** Raise it with every change of the form of entries, or of how grants are resolved from the database. */
const form = 2;

/** The form of an entry. It contains `until`, its own end: an old entry is not used even if the cache server does not delete it. */
type StoredEntry = Omit<RightSetContent, 'changesAt'> & { readonly changesAt: number | null; readonly until: number };

/** The signature proves that a Gatehouse wrote the entry; this shape proves that its version writes the same form. */
const storedEntry = z.object({
  roles: z.array(z.object({ roleId: z.string(), type: z.string(), name: z.string() })),
  roleTypes: z.array(z.string()),
  memberships: z.array(z.string()),
  rights: z.array(storedRight),
  permissions: z.array(z.string()),
  policies: z.array(policyShape),
  isSuperadmin: z.boolean(),
  changesAt: z.number().nullable(),
  until: z.number(),
});
const isStoredEntry = (value: unknown): value is StoredEntry => storedEntry.safeParse(value).success;

/**
 * Creates the shared cache of grants. Its entries are signed, so that nobody else can write them.
 *
 * The name of an entry contains the versions: raising a version ends the entry, without a message that could be lost. The name
 * also contains a digest of the registered URLs: during an upgrade, nodes with different URLs share no entries.
 */
export function createSharedGrantCache({ entries, place, registry, clock }: SharedGrantCacheDeps): SharedGrantCache {
  const digests = new WeakMap<UrlRegistry, string>();

  function urlsDigest(): string {
    const urls = registry();
    const digest = digests.get(urls) ?? digestOf(urls);
    digests.set(urls, digest);
    return digest;
  }

  const nameOf = ({ tenantId, kind, id, policyVersion, accessVersion }: GrantCacheKey) => [
    form, place, tenantId, kind, id, policyVersion, accessVersion, urlsDigest(),
  ];

  return {
    async recall(at) {
      const found = await entries.read(nameOf(at));
      if (!isStoredEntry(found) || found.until <= clock()) return undefined;
      const { until, changesAt, ...content } = found;
      return { ...content, changesAt: changesAt === null ? null : new Date(changesAt) };
    },
    async keep(at, content) {
      const now = clock();
      const changesAt = content.changesAt?.getTime() ?? null;
      const until = Math.min(now + lifetime, changesAt ?? Infinity);
      if (until > now) await entries.write(nameOf(at), { ...content, changesAt, until } satisfies StoredEntry, Math.ceil(until - now));
    },
  };
}

function digestOf({ endpoints }: UrlRegistry): string {
  const urls = endpoints.map(({ method, url, access, tenantAdmin, permission }) => [method, url, access, tenantAdmin, permission]);
  return createHash('sha256').update(JSON.stringify(urls)).digest('base64url');
}
