/** The sources that may name the tenant of a request without a token. */
export const tenantSources = ['body', 'host', 'email'] as const;
export type TenantSource = (typeof tenantSources)[number];
