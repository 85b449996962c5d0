/** What may say for which tenant a request without a token is. */
export const tenantSources = ['body', 'host', 'email'] as const;
export type TenantSource = (typeof tenantSources)[number];
