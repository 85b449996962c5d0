import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { SignedEntries } from '../../platform/cache/signed-entries.ts';
import { policyShape } from '../policies/policy.shape.ts';
import { storedRight } from '../policies/right.shape.ts';
import type { RightSetContent } from './right-set.types.ts';
import type { GrantCacheKey, SharedGrantCache } from './shared-grant-cache.types.ts';

export interface SharedGrantCacheDeps {
  readonly entries: SignedEntries;
  /** Which of several Gatehouses this is, where they have a key and a server in common. */
  readonly place: string;
  readonly registry: () => UrlRegistry;
  readonly clock: () => number;
}

/** How long an entry counts, in ms. */
const lifetime = 300_000;

/** Raised with every change of what is kept, or of how it follows from what is stored. */
const form = 1;

/** As it is kept: when it counts no longer stands within, so that a server that forgets nothing makes nothing old count. */
type StoredEntry = Omit<RightSetContent, 'changesAt'> & { readonly changesAt: number | null; readonly until: number };

/** The signature says that a Gatehouse wrote it; this, that it was one which writes the same. Of conditions the engine takes any. */
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
 * Creates the shared cache of grants on entries that nobody else can write.
 *
 * The name of an entry holds the versions, so raising one is what ends it, and no message is needed that could be lost. It
 * also holds a digest of the registered URLs: during an upgrade, nodes that serve others share nothing.
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
  const urls = endpoints.map(({ method, url, access, tenantAdmin, permission }) => [method, url, access, tenantAdmin, permission ?? null]);
  return createHash('sha256').update(JSON.stringify(urls)).digest('base64url');
}
