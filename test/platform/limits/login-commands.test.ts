import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import { connect } from '../../../src/platform/database/connect.ts';
import { createSharedModels } from '../../../src/boot/stores.ts';
import type { Models } from '../../../src/boot/stores.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { createDatabase } from '../../support/gatehouse/database.ts';
import type { TestDatabase } from '../../support/gatehouse/database.ts';
import { testSettings } from '../../support/test-settings.ts';
import { watchCommands } from '../../support/watch-commands.ts';
import { eventually } from '../../support/eventually.ts';

const password = 'a long enough password';
const root = { SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password };

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mails-'));

/** For 2 s after it was read, memory has the tenant of a request, for every caller. */
const withoutTenants = (seen: readonly string[]) => seen.filter((command) => command !== 'find tenants');

describe('database commands', () => {
  let database: TestDatabase;
  let connection: Connection;
  let node: TestGatehouse;
  let stores: Models;
  /** Until the mailer has done all that was ordered, which are commands too. */
  const untilMailed = async () => {
    await eventually(async () => await stores.outbox.countDocuments({ 'mail.nextAt': { $exists: true } }) === 0);
  };
  beforeAll(async () => {
    database = await createDatabase();
    connection = await connect(database.uri, { monitorCommands: true });
    stores = createSharedModels(connection);
    node = await startGatehouse({ connection, logsIn: false, settings: testSettings(
      { ...root, TRUST_PROXY: 'loopback', MAIL_FOLDER: folder },
    ), host: (app) => void app.set('trust proxy', 'loopback') });
  });
  afterAll(async () => {
    await node.close();
    await connection.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('of a failed login, are equal for unknown, known, disabled and password-less addresses, of any source, free and delayed', async () => {
    const { users } = stores;
    // A database that clears an expired counter between two of these logins would save one of them a command.
    await stores.rateLimits.collection.dropIndex('expire_1');
    const commands = watchCommands(connection);
    const superadmin = await node.anonymous.logIn(root.SUPERADMIN_EMAIL, password);
    const newUser = async (email: string) => {
      const { body } = await superadmin.post('/admin/create-user', { email, password }, 201);
      return body.userId;
    };
    await newUser('known@example.com');
    await newUser('elsewhere@example.com');
    await superadmin.post('/admin/disable-user', { userId: await newUser('disabled@example.com') }, 200);
    await users.updateOne({ tenantId: 'default', _id: await newUser('invited@example.com') }, { $unset: { password: 1 } });
    await node.anonymous.logIn('known@example.com', password);

    await untilMailed();

    // Each from a source of its own, so that all have failed equally often; the first from where it is known.
    const cases = ['known', 'elsewhere', 'disabled', 'invited', 'unknown'].map((name, index) => ({
      // The right password of a disabled user fails as well.
      body: { email: `${name}@example.com`, password: name === 'disabled' ? password : 'another long password' },
      headers: index === 0 ? {} : { 'X-Forwarded-For': `192.0.2.${index}` },
    }));
    for (let round = 0; round < 11; round += 1) {
      if (round === 10) await sleep(1_050); // the first delay
      const seen: string[][] = [];
      for (const sent of cases) {
        seen.push(withoutTenants(await commands.during(() => node.anonymous.send('POST', '/users/login', { ...sent, expected: 401 }))));
      }
      expect(seen[0]?.slice(0, 2)).toEqual(['find users', 'findAndModify rateLimits']);
      if (round < 9) expect(seen[0]).toHaveLength(3);
      for (const other of seen) expect(other).toEqual(seen[0]);
    }
  }, 60_000);

  it.each([
    'forgot-password', 'resend-verification',
  ])('of %s, are the same ones for a known, unknown, disabled and verified address', async (url) => {
    const commands = watchCommands(connection);
    const superadmin = await node.anonymous.logIn(root.SUPERADMIN_EMAIL, password);
    const users = { known: '', disabled: '', verified: '' };
    for (const name of ['known', 'disabled', 'verified'] as const) {
      const { body } = await superadmin.post('/admin/create-user', { email: `${name}-${url}@example.com`, password }, 201);
      users[name] = body.userId;
    }
    await superadmin.post('/admin/disable-user', { userId: users.disabled }, 200);
    await stores.users.updateOne({ tenantId: 'default', _id: users.verified }, { $set: { emailVerified: true } });
    const seen: string[][] = [];
    for (const name of ['known', 'unknown', 'disabled', 'verified']) {
      await untilMailed();
      const sent = { body: { email: `${name}-${url}@example.com` }, expected: 202 };
      seen.push(withoutTenants(await commands.during(() => node.anonymous.send('POST', `/users/${url}`, sent))));
    }
    expect(seen[0]).toEqual(['findAndModify rateLimits', 'findAndModify rateLimits', 'insert outbox', 'commitTransaction 1']);
    for (const other of seen) expect(other).toEqual(seen[0]);
  }, 60_000);
});
