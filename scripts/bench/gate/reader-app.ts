import express from 'express';
import type { Express } from 'express';
import type { Connection } from 'mongoose';
import { createGatehouse } from '../../../src/index.ts';
import type { Peers, Settings } from '../../../src/index.ts';
import { loadItems, otherNames } from './route.ts';

/** Mounts Gatehouse as a library, as a customer would, with a role that has `rightCount` rights besides the inherited ones. */
export async function createReaderApp(connection: Connection, settings: Settings, rightCount: number, peers?: Peers): Promise<Express> {
  const others = otherNames(rightCount - 1).map((name) => ({ name, methods: ['GET' as const], external: true }));
  const rights = ['/items/load', ...others.map(({ name }) => `/items/${name}`)];
  const gatehouse = createGatehouse({
    connection,
    settings,
    urls: { auth: { '/items/': ['load', ...others] } },
    roles: [{ type: 'reader', name: 'Reader', description: 'Reads items.', rights, inherits: ['user'] }],
    ...(peers && { peers }),
  });
  const app = express();
  app.use(gatehouse.authenticator);
  app.use(gatehouse.routes());
  app.get('/items/load', loadItems);
  app.use(gatehouse.errorHandler);
  await gatehouse.init(app);
  return app;
}
