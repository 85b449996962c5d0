import { randomBytes } from 'node:crypto';
import { loadSettings } from '../../../src/index.ts';
import { withDatabase } from '../../local-env.ts';
import { bearer } from '../load.ts';
import { post } from '../program.ts';
import { connectThrowAway, listen, serveUntilLetGo } from '../serve.ts';
import { copySessions } from '../sessions.ts';
import { startGatehouseWorkers } from './gatehouse.workers.ts';
import { createReaderApp } from './reader-app.ts';
import { rightCount, sessionCount, workerCount } from './route.ts';

// The log of requests is off, as the others have none.
const credentials = { email: 'root@example.com', password: 'a long enough password' };
const connection = await connectThrowAway('gatehouse');
const env = {
  MONGODB_URI: withDatabase(process.argv[2] ?? '', connection.name),
  KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  PASSWORD_PEPPER: randomBytes(32).toString('base64'),
  SUPERADMIN_EMAIL: credentials.email,
  SUPERADMIN_PASSWORD: credentials.password,
  LOG_LEVEL: 'warn',
  WORKERS: String(workerCount),
};
const settings = loadSettings(env);
const { origin, stop } = workerCount > 1
  ? await startGatehouseWorkers(settings, { ...env, BENCH_RIGHTS: String(rightCount) })
  : { origin: await listen(await createReaderApp(connection, settings, rightCount)), stop: () => Promise.resolve() };

// A user who is no superadmin: whose rights come from a role.
const reader = { email: 'reader@example.com', password: credentials.password };
const { access_token: root } = await post(`${origin}/users/login`, credentials);
const asRoot = { headers: bearer(String(root)) };
const { userId } = await post(`${origin}/admin/create-user`, reader, asRoot);
await post(`${origin}/roles/assign`, { userId, type: 'reader' }, asRoot);
const { access_token } = await post(`${origin}/users/login`, reader);
const token = String(access_token);
const others = await copySessions(connection, settings, token, Array.from({ length: sessionCount - 1 }, () => String(userId)));
serveUntilLetGo({ origin, tokens: [token, ...others] }, connection, stop);
