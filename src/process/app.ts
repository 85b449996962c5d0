import express from 'express';
import type { Express } from 'express';
import type { Gatehouse } from '../gatehouse.types.ts';
import type { Settings } from '../settings/load-settings.ts';

/**
 * Creates the app of the stand-alone server: the gate and the own URLs of Gatehouse.
 *
 * It believes the `X-Forwarded-For` header of the proxies in `trustProxy`; by default of none.
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
