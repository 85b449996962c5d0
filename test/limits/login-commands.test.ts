import type { Connection } from 'mongoose';
import { connect } from '../../src/mongo/connect.ts';
import { createStores } from '../../src/stores.ts';
import { boot } from '../support/boot.ts';
import type { Booted } from '../support/boot.ts';
import { testDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { testSettings } from '../support/test-settings.ts';
import { watchCommands } from './watch-commands.ts';

const password = 'a long enough password';
const root = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password };

describe('database commands of a login', () => {
  let database: TestDatabase;
  let connection: Connection;
  let node: Booted;
  beforeAll(async () => {
    database = await testDatabase();
    connection = await connect(database.uri, { monitorCommands: true });
    node = await boot(connection, { settings: testSettings({ ...root, TRUST_PROXY: 'loopback' }), host: (app) => void app.set('trust proxy', 'loopback') });
  });
  afterAll(async () => {
    await node.close();
    await connection.close();
    await database.drop();
  });

  it('that fails, are the same ones for an unknown, known, disabled and password-less address, here and elsewhere, free and delayed', async () => {
    const { users } = createStores(connection.useDb(connection.name));
    const commands = watchCommands(connection);
    const superadmin = await node.anonymous.logIn(root.SUPERADMIN_EMAIL, password);
    const newUser = async (email: string) => {
      const { body } = await superadmin.post('/admin/create-user', { email, password }, 201);
      return (body as { userId: string }).userId;
    };
    await newUser('known@example.com');
    await newUser('elsewhere@example.com');
    await superadmin.post('/admin/disable-user', { userId: await newUser('disabled@example.com') }, 200);
    await users.updateOne({ tenantId: 'default', _id: await newUser('invited@example.com') }, { $unset: { password: 1 } });
    await node.anonymous.logIn('known@example.com', password);

    // Each from a source of its own, so that all have failed equally often; the first from where it is known.
    const cases = ['known', 'elsewhere', 'disabled', 'invited', 'unknown'].map((name, index) => ({
      // The right password of a disabled user fails as well.
      body: { email: `${name}@example.com`, password: name === 'disabled' ? password : 'another long password' },
      headers: index === 0 ? {} : { 'X-Forwarded-For': `192.0.2.${index}` },
    }));
    for (let round = 0; round < 11; round += 1) {
      if (round === 10) await new Promise((resolve) => setTimeout(resolve, 1_050)); // the first delay
      const seen: string[][] = [];
      for (const sent of cases) seen.push(await commands.during(() => node.anonymous.send('POST', '/users/login', { ...sent, expected: 401 })));
      expect(seen[0]?.slice(0, 2)).toEqual(['find users', 'findAndModify rateLimits']);
      if (round < 9) expect(seen[0]).toHaveLength(3);
      for (const other of seen) expect(other).toEqual(seen[0]);
    }
  }, 60_000);
});
