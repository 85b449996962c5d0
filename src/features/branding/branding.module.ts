import type { Module } from '../../platform/module.ts';
import type { Brands, ReadBrandSettings } from './brand.types.ts';
import { createReturnUrls } from './return-urls.ts';

export interface BrandingModuleDeps {
  readonly settings: { readonly appName: string; readonly returnUrls: readonly string[]; readonly production: boolean };
  readonly readTenant: ReadBrandSettings;
}

/** Creates the module of brands: the name that users see in mails and pages, and where they go after the page of a link. */
export function createBrandingModule({ settings, readTenant }: BrandingModuleDeps) {
  const { appName, returnUrls, production } = settings;
  const brands: Brands = {
    own: { name: appName },
    async of(tenantId) {
      const tenant = await readTenant(tenantId);
      return tenant && { name: tenant.settings.branding?.name ?? appName };
    },
  };
  return {
    name: 'branding', routes: [], brands, returnUrls: createReturnUrls({ listed: returnUrls, production, readTenant }),
  } satisfies Module & Record<string, unknown>;
}
