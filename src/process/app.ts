import express from 'express';
import type { Express } from 'express';
import type { Gatehouse } from '../gatehouse.types.ts';
import type { Settings } from '../settings/load-settings.ts';

/**
 * Creates the app of the stand-alone server: the gate and Gatehouse's own URLs.
 *
 * It trusts the `X-Forwarded-For` header of the proxies in `trustProxy`. By default it trusts none.
 */
export function createApp(gatehouse: Gatehouse, { trustProxy = [] }: Partial<Pick<Settings, 'trustProxy'>> = {}): Express {
  const app = express();
  app.set('trust proxy', [...trustProxy]);
  app.disable('x-powered-by');
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  app.use(gatehouse.errorHandler);
  return app;
}
