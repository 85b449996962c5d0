import { randomBytes } from 'node:crypto';
import express from 'express';
import { createGatehouse, loadSettings } from '../../../src/index.ts';
import { connectThrowAway, listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, otherNames, rightCount } from './route.ts';

// Gatehouse mounted as a library, as a customer would; the log of requests is off, as the others have none.
const credentials = { email: 'root@example.com', password: 'a long enough password' };
const settings = loadSettings({
  MONGODB_URI: process.argv[2],
  KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  SUPERADMIN_EMAIL: credentials.email,
  SUPERADMIN_PASSWORD: credentials.password,
  LOG_LEVEL: 'warn',
});
const connection = await connectThrowAway('gatehouse');
const others = otherNames(rightCount - 1).map((name) => ({ name, methods: ['GET' as const], external: true }));
const rights = ['/items/load', ...others.map(({ name }) => `/items/${name}`)];
const gatehouse = createGatehouse({
  connection,
  settings,
  urls: { auth: { '/items/': ['load', ...others] } },
  roles: [{ type: 'reader', name: 'Reader', description: 'Reads items.', rights, inherits: ['user'] }],
});
const app = express();
app.use(gatehouse.authenticator);
app.use(gatehouse.routes());
app.get('/items/load', loadItems);
app.use(gatehouse.errorHandler);
await gatehouse.init(app);
const origin = await listen(app);

async function post(path: string, body: object, token?: string): Promise<{ access_token: string }> {
  const headers = { 'Content-Type': 'application/json', ...(token !== undefined && { Authorization: `Bearer ${token}` }) };
  const response = await fetch(`${origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
  return await response.json() as { access_token: string }; // only a login's answer is looked at
}

// A user who is no superadmin: whose rights come from a role.
const reader = { email: 'reader@example.com', password: credentials.password };
const { access_token: root } = await post('/users/login', credentials);
await post('/admin/create-user', reader, root);
await post('/roles/assign', { email: reader.email, type: 'reader' }, root);
const { access_token: token } = await post('/users/login', reader);
serveUntilLetGo({ origin, token }, connection);
