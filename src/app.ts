import express from 'express';
import type { Express } from 'express';
import type { Gatehouse } from './gatehouse.ts';

/** The app of the stand-alone server: the gate, Gatehouse's own URLs, and nothing else. */
export function createApp(gatehouse: Gatehouse): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  app.use(gatehouse.errorHandler);
  return app;
}
