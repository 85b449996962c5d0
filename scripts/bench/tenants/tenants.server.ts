import { randomBytes } from 'node:crypto';
import { createApp } from '../../../src/process/app.ts';
import { createGatehouse, loadSettings } from '../../../src/index.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import { connectThrowAway, listen, serveUntilLetGo } from '../serve.ts';
import { populate } from './population.ts';
import type { Post } from './population.ts';

// A Gatehouse with so many tenants, users and sessions. Passwords are hashed at the lowest cost, or else a login would
// take as long as its hash, however slow the rest of it were; the log of requests is off.
const [, , mongodbUri, tenants, users, sessions] = process.argv;
const credentials = { email: 'root@example.com', password: 'a long enough password' };
const settings = loadSettings({
  NODE_ENV: 'test',
  MONGODB_URI: mongodbUri,
  KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  PASSWORD_COST: '4',
  SUPERADMIN_EMAIL: credentials.email,
  SUPERADMIN_PASSWORD: credentials.password,
  LOG_LEVEL: 'error',
  MAX_STALENESS: '0', // what many sessions cost that are not in memory; those in memory cost the same however many there are
});
const connection = await connectThrowAway('tenants');
const gatehouse = createGatehouse({ connection, settings, mail: { send: () => Promise.resolve() } });
const app = createApp(gatehouse);
await gatehouse.init(app);
const origin = await listen(app);

const post: Post = async (path, body, token) => {
  const headers = { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return await response.json() as Record<string, unknown>; // every JSON answer of a POST is an object
};

const { access_token: root } = await post('/users/login', credentials);
const population = await populate(createSharedModels(connection), post, String(root), { tenants: Number(tenants), users: Number(users), sessions: Number(sessions) });
serveUntilLetGo({ origin, ...population }, connection);
