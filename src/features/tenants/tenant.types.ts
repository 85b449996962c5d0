import type { QuotaKind } from '../../platform/changes/quota.ts';

/** The parts of a request without a token that can name its tenant. */
export interface TenantHints {
  readonly host: string;
  /** The name of a tenant, as the request sent it. */
  readonly tenant?: string;
  readonly email?: string;
}

/** Finds tenants by name, host or domain. Caches each for at most 2 s. */
export interface TenantDirectory {
  /** The tenant of a request without a token: the first source that names a tenant decides. If none does, it is the default tenant. */
  resolve(hints: TenantHints): Promise<string>;
  /** The same, for requests that need an existing tenant. Throws `tenant-not-found`. */
  resolveExisting(hints: TenantHints): Promise<string>;
  /** The tenant that a one-time token names. If it is not active or the host belongs to another tenant, an id that matches no tenant. */
  ofToken(token: string, host: string): Promise<string>;
  /** Whether requests of this tenant may use this host: it must not belong to another tenant. */
  serves(host: string, tenantId: string): Promise<boolean>;
  /** The same from the cache alone; undefined if the database must be read. */
  recallServes(host: string, tenantId: string): boolean | undefined;
  /** Throws `token-of-other-tenant` if the host belongs to another tenant. */
  requireHost(host: string, tenantId: string): Promise<void>;
  /** The same for the tenant that a refresh token names. A token that names no tenant is not refused here. */
  requireHostFor(token: string, host: string): Promise<void>;
  /** The id of the tenant with this name. Throws `tenant-not-found`. */
  find(name: string): Promise<string>;
  /** Empties the cache of this node, after a change of a tenant. */
  forget(): void;
}

/** The quotas and the rate limit of a tenant, so that one tenant cannot take the server from the others. */
export type TenantLimits = { readonly [kind in QuotaKind]?: number } & {
  /**
   * Decisions per second on each node. A gated request is one decision, and so is each check in `/permissions/check`. A check
   * that compares more than 10 patterns and conditions counts as several.
   */
  readonly checksPerSecond?: number;
};
