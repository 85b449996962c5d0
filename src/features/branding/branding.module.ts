import type { Module } from '../../platform/module.ts';
import { createBrandingRoutes } from './branding.routes.ts';
import type { Brands, ReadBrandSettings } from './brand.types.ts';
import { createKeepLogo } from './keep-logo.ts';
import type { LogoStore } from './logo.store.ts';
import { createReturnUrls } from './return-urls.ts';

export interface BrandingModuleDeps {
  readonly settings: { readonly appName: string; readonly returnUrls: readonly string[] };
  readonly readTenant: ReadBrandSettings;
  readonly stores: { readonly logos: LogoStore };
}

/** Creates the module of brands: name, colour and logo that users see in mails and pages, and where they go after the page of a link. */
export function createBrandingModule({ settings, readTenant, stores: { logos } }: BrandingModuleDeps) {
  const { appName, returnUrls } = settings;
  const brands: Brands = {
    own: { name: appName },
    async of(tenantId) {
      const tenant = await readTenant(tenantId);
      return tenant && { name: appName, ...tenant.settings.branding };
    },
  };
  return {
    name: 'branding',
    about: { title: 'Branding', description: 'The logos of tenants.' },
    routes: createBrandingRoutes({ logos }), brands, keepLogo: createKeepLogo(logos),
    returnUrls: createReturnUrls({ listed: returnUrls, readTenant }),
  } satisfies Module & Record<string, unknown>;
}
