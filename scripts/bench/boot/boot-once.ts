import express from 'express';
import { createGatehouse, loadSettings } from '../../../src/index.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { throwAwayDatabase } from '../serve.ts';
import { requiredSettings } from '../servers/gatehouse-server.ts';

/**
 * Returns a function that boots Gatehouse as a host would, with this number of URLs, on a throw-away database.
 *
 * It resolves with the time from createGatehouse to the end of init in ms, and removes the database if told to.
 */
export function createBoot(mongodbUri: string, urls: number) {
  const database = throwAwayDatabase(mongodbUri, 'boot');
  const settings = loadSettings(requiredSettings(database));
  const names = Array.from({ length: urls }, (_each, index) => (
    { name: `area-${index % 50}/item-${index}/:id`, methods: ['GET' as const], external: true }));

  return async ({ dropsDatabase }: { readonly dropsDatabase: boolean }): Promise<number> => {
    const connection = await connect(database);
    try {
      const began = performance.now();
      const gatehouse = createGatehouse({ connection, settings, urls: { auth: { '/': names } } });
      const app = express();
      app.use(gatehouse.authenticator);
      app.use(gatehouse.routes());
      app.use(gatehouse.errorHandler);
      await gatehouse.init(app);
      const elapsed = performance.now() - began;
      await gatehouse.close();
      if (dropsDatabase) await connection.dropDatabase();
      return elapsed;
    } finally {
      await connection.close();
    }
  };
}
