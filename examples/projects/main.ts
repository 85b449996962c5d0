import { connect, createServer, loadSettings } from 'express-gatehouse';
import { createProjects } from './app.ts';

// Runs the projects until it is interrupted. Needs MONGODB_URI, KEY_ENCRYPTION_KEY and PASSWORD_PEPPER.
const settings = loadSettings(process.env);
const connection = await connect(settings.mongodbUri, { silence: settings.databaseSilence });
const { app, gatehouse } = createProjects({ connection, settings });
await gatehouse.init(app);
const server = createServer(app, settings);
gatehouse.guardUpgrades(server);
server.listen(settings.port, settings.host, () => { console.log(`The projects are served on ${settings.publicUrl}`); });

const token = await gatehouse.renewSetUpToken();
if (token !== null) console.log(`Set-up link: ${settings.publicUrl}/users/set-up-superadmin#token=${token}`);

process.once('SIGINT', () => {
  gatehouse.drain();
  void server.stop().then(() => gatehouse.close()).finally(() => connection.close());
});
