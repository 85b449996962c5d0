/** What a request without a token tells. */
export interface TenantHints {
  readonly host: string;
  /** The name of a tenant, as somebody wrote it. */
  readonly tenant?: string;
  readonly email?: string;
}

/** Finds tenants by what people call them; what this node learns holds for at most 2 s. */
export interface TenantDirectory {
  /** For whom a request without a token is: the first source that names a tenant, else the default tenant. */
  resolve(hints: TenantHints): Promise<string>;
  /** The same where there must be one. Throws `tenant-not-found`. */
  resolveExisting(hints: TenantHints): Promise<string>;
  /** The tenant that a one-time token names, if it is active and this host is not another one's. */
  ofToken(token: string, host: string): Promise<string>;
  /** Whether this host is not that of another tenant. */
  serves(host: string, tenantId: string): Promise<boolean>;
  /** The same from memory; undefined where the store must be asked. */
  recallServes(host: string, tenantId: string): boolean | undefined;
  /** Throws `token-of-other-tenant` if the host is that of another tenant. */
  requireHost(host: string, tenantId: string): Promise<void>;
  /** The same for a refresh token; one that names no tenant is for others to refuse. */
  requireHostFor(token: string, host: string): Promise<void>;
  /** Throws `tenant-not-found`. */
  find(name: string): Promise<string>;
  /** After a change of a tenant. */
  forget(): void;
}
