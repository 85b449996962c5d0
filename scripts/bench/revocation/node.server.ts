import express from 'express';
import { createGatehouse, loadSettings } from '../../../src/index.ts';
import { connect } from '../../../src/platform/database/connect.ts';
import { listen, serveUntilLetGo } from '../serve.ts';
import { gatedUrl, spareUrls, superadmin } from './story.ts';

// One of several nodes on one database; its settings come from its parent's environment.
const settings = loadSettings({
  ...process.env, NODE_ENV: 'test', MONGODB_URI: process.argv[2], PASSWORD_COST: '4', LOG_LEVEL: 'silent',
  SUPERADMIN_EMAIL: superadmin.email, SUPERADMIN_PASSWORD: superadmin.password,
});
const connection = await connect(settings.mongodbUri, { silence: settings.databaseSilence });
const gatehouse = createGatehouse({
  connection, settings, urls: { auth: { '/items/': [gatedUrl, ...spareUrls].map((url) => url.replace('/items/', '')) } },
  roles: [{ type: 'reader', name: 'Reader', description: 'Reads items.', rights: [gatedUrl], inherits: ['user'] }],
});
const app = express();
app.use(gatehouse.authenticator);
app.use(gatehouse.routes());
app.get([gatedUrl, ...spareUrls], (_request, response) => void response.json({}));
app.use(gatehouse.errorHandler);
await gatehouse.init(app);
serveUntilLetGo({ origin: await listen(app) });
