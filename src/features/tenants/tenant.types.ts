import type { QuotaKind } from '../../platform/changes/quota.ts';

/** What a request without a token says about its tenant. */
export interface TenantHints {
  readonly host: string;
  /** The name of a tenant, as it was sent. */
  readonly tenant?: string;
  readonly email?: string;
}

/** Finds tenants by name, host or domain; what this node has read counts for at most 2 s. */
export interface TenantDirectory {
  /** The tenant of a request without a token: the one that the first source names, else the default tenant. */
  resolve(hints: TenantHints): Promise<string>;
  /** The same, for requests that need an existing tenant. Throws `tenant-not-found`. */
  resolveExisting(hints: TenantHints): Promise<string>;
  /** The tenant that a one-time token names, if it is active and this host is not that of another tenant. */
  ofToken(token: string, host: string): Promise<string>;
  /** Whether this host is not that of another tenant. */
  serves(host: string, tenantId: string): Promise<boolean>;
  /** The same from memory; undefined if the database must be read. */
  recallServes(host: string, tenantId: string): boolean | undefined;
  /** Throws `token-of-other-tenant` if the host is that of another tenant. */
  requireHost(host: string, tenantId: string): Promise<void>;
  /** The same for a refresh token; one that names no tenant is not refused here. */
  requireHostFor(token: string, host: string): Promise<void>;
  /** The id of the tenant with this name. Throws `tenant-not-found`. */
  find(name: string): Promise<string>;
  /** Drops what this node has read, after a change of a tenant. */
  forget(): void;
}

/** How much a tenant may have and use, so that it cannot starve the others. */
export type TenantLimits = { readonly [kind in QuotaKind]?: number } & {
  /**
   * Decisions per second on each node. A gated request is one decision, and so is each check in `/permissions/check`. A check
   * that compares more than 10 patterns and conditions counts as several.
   */
  readonly checksPerSecond?: number;
};
