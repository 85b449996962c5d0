import { setTimeout as sleep } from 'node:timers/promises';
import type { Module } from '../../platform/module.ts';
import { createDocsRoutes } from './docs.routes.ts';
import { createMetricsRoutes } from './metrics.routes.ts';
import type { MetricsRouteDeps } from './metrics.routes.ts';
import { createSystemRoutes } from './system.routes.ts';
import type { SystemRouteDeps } from './system.routes.ts';

export interface SystemModuleDeps extends Pick<SystemRouteDeps, 'isReady'> {
  /** The name of the application, for the title of the documentation. */
  readonly appName: string;
  readonly keys: { refresh(): Promise<void> | undefined; jwks(): { readonly keys: readonly object[] } };
  /** Creates the API document. It is called once. */
  readonly openApi: SystemRouteDeps['openApi'];
  /** null if this server has no URL of metrics. */
  readonly metrics: MetricsRouteDeps | null;
}

/** How long a request for the published keys waits for a new read, in ms. Less than the watchdog waits before it asks the database. */
const keysPatience = 50;

/** Creates the module of URLs about the server itself: health, documentation, published keys and metrics. */
export function createSystemModule({ appName, isReady, openApi, keys, metrics }: SystemModuleDeps) {
  let document: ReturnType<typeof openApi> | undefined;
  return {
    name: 'system',
    about: { title: 'Health', description: 'Whether the server runs, its documentation, metrics and public keys.' },
    routes: [
      ...createSystemRoutes({ appName, isReady, openApi: () => (document ??= openApi()), async jwks() {
        // Services that verify tokens need the keys even while the database is away: then they get the keys of the last read.
        await Promise.race([keys.refresh()?.catch(() => undefined), sleep(keysPatience, undefined, { ref: false })]);
        return keys.jwks();
      } }),
      ...createDocsRoutes(appName),
      ...(metrics ? createMetricsRoutes(metrics) : []),
    ],
  } satisfies Module;
}
