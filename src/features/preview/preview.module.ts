import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import type { EachPrincipal } from '../grants/grants.types.ts';
import { createPreviewRoutes } from './preview.routes.ts';
import { createPreview } from './preview.service.ts';

export interface PreviewModuleDeps extends Pick<Platform, 'changes' | 'clock'> {
  readonly registry: () => UrlRegistry;
  readonly eachPrincipal: EachPrincipal;
  /** The routes whose changes can be previewed. */
  readonly routes: readonly RouteDefinition[];
}

/** Creates the module that shows the effect of a change before it is made: which users would gain and lose what. */
export function createPreviewModule({ registry, eachPrincipal, routes, changes, clock }: PreviewModuleDeps) {
  return {
    name: 'preview',
    routes: createPreviewRoutes({ routes, preview: createPreview({ registry, changes, eachPrincipal, clock, routes }) }),
  } satisfies Module;
}
