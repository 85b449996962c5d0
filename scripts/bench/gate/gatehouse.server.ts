import { loadSettings } from '../../../src/index.ts';
import { withDatabase } from '../../../src/cli/local/local-env.ts';
import { copySessions } from '../copies.ts';
import { call } from '../requests.ts';
import { connectThrowAway, listen, serveUntilLetGo } from '../serve.ts';
import { password, requiredSettings, superadmin } from '../servers/gatehouse-server.ts';
import { startGatehouseWorkers } from './gatehouse.workers.ts';
import { createReaderApp } from './reader-app.ts';
import { rightCount, sessionCount, workerCount } from './route.ts';

// Gatehouse as a library, in one process or in several workers.
const connection = await connectThrowAway('gatehouse');
const env = { ...requiredSettings(withDatabase(process.argv[2] ?? '', connection.name)), WORKERS: String(workerCount) };
const settings = loadSettings(env);
const { origin, stop } = workerCount > 1
  ? await startGatehouseWorkers(settings, { ...env, BENCH_RIGHTS: String(rightCount) })
  : { origin: await listen(await createReaderApp(connection, settings, rightCount)), stop: () => Promise.resolve() };

// A user who is no superadmin: their rights come from a role.
const reader = { email: 'reader@example.com', password };
const { access_token: root } = await call('POST', `${origin}/users/login`, superadmin);
const { userId } = await call('POST', `${origin}/admin/create-user`, reader, String(root));
await call('POST', `${origin}/roles/assign`, { userId, type: 'reader' }, String(root));
const { access_token } = await call('POST', `${origin}/users/login`, reader);
const token = String(access_token);
const others = await copySessions(connection, settings, token, Array.from({ length: sessionCount - 1 }, () => String(userId)));
serveUntilLetGo({ origin, tokens: [token, ...others] }, connection, stop);
