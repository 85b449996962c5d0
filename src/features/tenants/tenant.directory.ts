import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import { AppError } from '../../errors/errors.ts';
import { domainKeyOf } from '../../http/input/domain-name.ts';
import { defaultTenantId } from '../../platform/database/tenancy/tenant-scope.ts';
import type { TenantSource } from '../../settings/tenant-sources.ts';
import type { TenantNameStore } from './tenant-names.store.ts';
import { locationOf } from './tenant.store.ts';
import type { RecordLocation } from './tenant.store.ts';
import type { TenantDirectory, TenantHints } from './tenant.types.ts';
import { cacheLimit } from '../../platform/cache/cache-limit.ts';

export interface TenantDirectoryDeps {
  readonly names: Pick<TenantNameStore, 'findBy'>;
  readonly order: readonly TenantSource[];
  /** Host name of PUBLIC_URL. Each tenant has a subdomain of it. */
  readonly publicHost: string;
  /** The tenant that a one-time token names; null if the text does not have the form of such a token. */
  readonly tenantOfToken: (token: string) => string | null;
  readonly recordLocation: RecordLocation;
}

/**
 * The id that replaces the id of a tenant that does not exist or is suspended, so that a caller cannot tell these apart.
 *
 * A request for it finds nothing and takes as long as for any other tenant. Failures of all such requests are counted together.
 */
const nobodysTenantId = 'none';

const maxKnown = 10_000;
const lifetime = 2_000;

type Field = '_id' | 'name' | 'domain';

interface Known {
  readonly tenantId: string | null;
  readonly isActive: boolean;
}

const keyOf = (field: Field, value: string) => `${field} ${value}`;

/** A tenantId, `nobodysTenantId`, or undefined if this source names no tenant and the next source decides. */
type Found = string | undefined;

/** Creates the directory of tenants. */
export function createTenantDirectory({ names, order, publicHost, tenantOfToken, recordLocation }: TenantDirectoryDeps): TenantDirectory {
  const known = new LRUCache<string, Known>({ ...cacheLimit(maxKnown), ttl: lifetime });

  async function look(field: Field, value: string): Promise<Known> {
    const key = keyOf(field, value);
    const cached = known.get(key);
    if (cached) return cached;
    const tenant = await names.findBy(field, value);
    const tenantId = tenant?._id ?? (field === '_id' ? value : undefined);
    if (tenantId !== undefined) recordLocation(tenantId, locationOf(tenant));
    const found = { tenantId: tenant && tenant.status !== 'deleted' ? tenant._id : null, isActive: tenant?.status === 'active' };
    known.set(key, found);
    return found;
  }

  /** An unknown subdomain counts as the host of a tenant. Another unknown host name, such as that of this machine, belongs to none. */
  const foundAt = (field: Field, { tenantId }: Known): Found => tenantId ?? (field === 'name' ? nobodysTenantId : undefined);
  const isServed = (at: Found, tenantId: string) => at === undefined || at === tenantId;

  /** The tenant of this host, even if it is suspended; undefined if the host belongs to no tenant. */
  async function ofHost(host: string): Promise<Found> {
    const place = placeOf(host, publicHost);
    return place && foundAt(place[0], await look(...place));
  }

  async function activeOr(tenantId: Found): Promise<Found> {
    if (tenantId === undefined) return undefined;
    return (await look('_id', tenantId)).isActive ? tenantId : nobodysTenantId;
  }

  const bySource: Record<TenantSource, (hints: TenantHints) => Promise<Found>> = {
    body: async ({ tenant }) => (tenant === undefined ? undefined : (await look('name', tenant)).tenantId ?? nobodysTenantId),
    host: ({ host }) => ofHost(host),
    email: async ({ email }) => {
      const domain = email === undefined ? null : domainKeyOf(email.slice(email.lastIndexOf('@') + 1));
      return domain === null ? undefined : (await look('domain', domain)).tenantId ?? undefined;
    },
  };

  async function resolve(hints: TenantHints): Promise<string> {
    for (const source of order) {
      const found = await activeOr(await bySource[source](hints));
      if (found !== undefined) return found;
    }
    return defaultTenantId;
  }

  async function serves(host: string, tenantId: string): Promise<boolean> {
    return isServed(await ofHost(host), tenantId);
  }

  async function requireHost(host: string, tenantId: string): Promise<void> {
    if (!(await serves(host, tenantId))) throw new AppError('token-of-other-tenant');
  }

  return {
    resolve, serves, requireHost,
    recallServes(host, tenantId) {
      const place = placeOf(host, publicHost);
      if (!place) return true;
      const found = known.get(keyOf(...place));
      return found && isServed(foundAt(place[0], found), tenantId);
    },
    async resolveExisting(hints) {
      const tenantId = await resolve(hints);
      if (tenantId === nobodysTenantId) throw new AppError('tenant-not-found');
      return tenantId;
    },
    async requireHostFor(token, host) {
      const tenantId = tenantOfToken(token);
      if (tenantId === null) return;
      await requireHost(host, tenantId);
      await look('_id', tenantId);
    },
    async ofToken(token, host) {
      const tenantId = tenantOfToken(token);
      const at = await ofHost(host);
      if (tenantId === null || !isServed(at, tenantId)) return nobodysTenantId;
      return await activeOr(tenantId) ?? nobodysTenantId;
    },
    async find(name) {
      const { tenantId } = await look('name', name);
      if (tenantId === null) throw new AppError('tenant-not-found');
      return tenantId;
    },
    forget: () => { known.clear(); },
  };
}

/** The field and value by which to find the tenant of a host; undefined if the host cannot belong to a tenant. */
function placeOf(host: string, publicHost: string): readonly ['name' | 'domain', string] | undefined {
  if (host === publicHost || host === '' || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  return host.endsWith(`.${publicHost}`) ? ['name', host.slice(0, -publicHost.length - 1)] : ['domain', host];
}
