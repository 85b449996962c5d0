import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorCode } from '../../src/errors/table.ts';
import { createGatehouse } from '../../src/gatehouse.ts';
import { connect } from '../../src/platform/database/connect.ts';
import { createApp } from '../../src/process/app.ts';
import { askFull, askService, undocumented, whileFull } from '../gatehouse/undocumented.ts';
import type { Answer } from '../support/client/client.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { password, secret } from './error-world.ts';
import type { ErrorWorld } from './error-world.ts';

/** One way to meet each code that is about the server. */
export function createServerScenarios({ server, ann, root, newTenant, elsewhere }: ErrorWorld) {
  return {
    'database-unreachable': async () => {
      const { uri, drop } = await createDatabase();
      const connection = await connect(uri);
      const node = await startGatehouse({ connection, logsIn: false, settings: testSettings({ DATABASE_SILENCE: '500' }) });
      await connection.close();
      try {
        return await node.anonymous.get('/readyz');
      } finally {
        await node.close().catch(() => undefined); // the refusals it still has to write have no database any more
        await drop();
      }
    },
    'keys-unreachable': () => askService({ jwksUrl: 'http://127.0.0.1:1/' }, ann.client.token),
    'users-unreachable': () => elsewhere({
      users: { validateUser: () => Promise.reject(new Error(secret)) },
    }, (host) => host.anonymous.post('/users/login', { email: ann.email, password })),
    'password-queue-full': () => whileFull((passwordPool, fill) => elsewhere(
      { passwordPool }, (busy) => fill(() => busy.anonymous.post('/users/login', { email: ann.email, password })),
    )),
    'address-not-allowed': () => undocumented(server.origin, '/host/fetches'),
    'tenant-moving': async () => {
      const name = await newTenant();
      await server.stores.tenants.updateOne({ name }, { $set: { status: 'suspended', movingTo: 'database' } });
      return root('GET', `/roles/load?tenant=${name}`);
    },
    'not-ready': async () => {
      const gatehouse = createGatehouse({ connection: server.connection, settings: testSettings() });
      const early = createServer(createApp(gatehouse));
      await new Promise<void>((resolve) => void early.listen(0, '127.0.0.1', resolve));
      try {
        return await undocumented(`http://127.0.0.1:${(early.address() as AddressInfo).port}`, '/livez');
      } finally {
        early.closeAllConnections();
        early.close();
        await gatehouse.close();
      }
    },
    'overloaded': askFull,
    'route-mismatch': () => undocumented(server.origin, '/host/turned'),
    'document-not-found': () => undocumented(server.origin, '/host/documents/none'),
    'internal': () => undocumented(server.origin, '/host/fails'),
  } satisfies Partial<Record<ErrorCode, () => Promise<Answer>>>;
}
