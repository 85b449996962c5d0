import type { UrlRegistry } from '../../engine/urls/url-registry.ts';
import type { RouteDefinition } from '../../http/route/define-route.ts';
import type { Module } from '../../platform/module.ts';
import type { Platform } from '../../platform/platform.ts';
import { createPreviewRoutes } from './preview.routes.ts';
import { createPreview } from './preview.service.ts';
import type { PreviewDeps } from './preview.service.ts';
import { createRunCalls } from './previewed-calls.ts';
import type { RunCallsDeps } from './previewed-calls.ts';

export interface PreviewModuleDeps extends
  Pick<Platform, 'changes' | 'clock'>, Pick<RunCallsDeps, 'callerNow'>,
  Pick<PreviewDeps, 'readAssignments' | 'resolveEachAssigned' | 'marksOfRoles' | 'readMembersOfRoles'> {
  readonly registry: () => UrlRegistry;
  readonly stores: { readonly identities: Pick<PreviewDeps, 'readLinkedUsers'> };
  /** The routes whose changes can be previewed. */
  readonly routes: readonly RouteDefinition[];
}

/** Creates the module that shows the effect of changes before they are made: which users would gain and lose what. */
export function createPreviewModule({ registry, stores, callerNow, routes, changes, clock, ...reads }: PreviewModuleDeps) {
  const runCalls = createRunCalls({ registry, routes, callerNow, clock });
  return {
    name: 'preview',
    about: { title: 'Previews', description: 'What a change would give and take, before it is made.' },
    routes: createPreviewRoutes({ routes, preview: createPreview({ registry, changes, runCalls, ...reads, ...stores.identities }) }),
  } satisfies Module;
}
