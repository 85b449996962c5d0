import express from 'express';
import type { Express } from 'express';
import type { Gatehouse } from '../gatehouse.types.ts';
import type { Settings } from '../settings/load-settings.ts';

/**
 * The app of the stand-alone server: the gate, Gatehouse's own URLs, and nothing else.
 *
 * Of `trustProxy`, the addresses of proxies, it believes what `X-Forwarded-For` says; by default of nobody.
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
