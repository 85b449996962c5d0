import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import mongoose, { Schema } from 'mongoose';
import { pino } from 'pino';
import { createGatehouse } from '../../src/gatehouse.ts';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import type { Client } from '../support/client/client.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import type { TestDatabase } from '../support/gatehouse/database.ts';
import { testSettings } from '../support/test-settings.ts';

const password = 'a long enough password';
const root = { email: 'root@example.com', password };

describe('Two Gatehouses with prefixes of their own on one connection', () => {
  // The same secrets and the same address, so that nothing but the collections tells the two apart.
  const settings = testSettings({ SUPERADMIN_EMAIL: root.email, SUPERADMIN_PASSWORD: password });
  const other = { email: 'other@example.com', password };
  let database: TestDatabase;
  let red: TestGatehouse;
  let blue: TestGatehouse;
  const redLines: string[] = [];
  let redRoot: Client;
  let blueRoot: Client;
  beforeAll(async () => {
    database = await createDatabase();
    const { connection } = database;
    red = await startGatehouse({
      connection, logsIn: false, settings, prefix: 'red_', logger: pino({ level: 'error' }, { write: (line) => void redLines.push(line) }),
    });
    blue = await startGatehouse({ connection, logsIn: false, settings: { ...settings, superadmin: other }, prefix: 'blue-' });
    redRoot = await red.anonymous.logIn(root.email, password);
    blueRoot = await blue.anonymous.logIn(other.email, password);
  });

  it('a user of one, in the other, is nobody', async () => {
    const { body } = await redRoot.post('/admin/create-user', { email: 'ann@example.com', password }, 201);
    const { userId } = body;
    await red.anonymous.post('/users/login', { email: 'ann@example.com', password }, 200);
    await blue.anonymous.post('/users/login', { email: 'ann@example.com', password }, 401);
    await blue.anonymous.post('/users/login', root, 401);
    await blueRoot.get(`/admin/load-user/${userId}`, 404);
    await blueRoot.post('/admin/create-user', { email: 'ann@example.com', password: 'another long enough one' }, 201);
    await red.anonymous.post('/users/login', { email: 'ann@example.com', password: 'another long enough one' }, 401);
  });

  it('the authenticator of one, in an app that its census has not seen, refuses every request and says so once', async () => {
    let ran = 0;
    const second = express().use(red.gatehouse.authenticator).get(
      '/livez', (_request, response) => void response.end(`${ran += 1}`),
    ).listen(0, '127.0.0.1');
    try {
      await once(second, 'listening');
      const ask = async () => (await (await fetch(
        `http://127.0.0.1:${(second.address() as AddressInfo).port}/livez`,
      )).json() as { code: string }).code; // it listens on a port
      expect([await ask(), await ask()]).toEqual(['route-mismatch', 'route-mismatch']);
      expect(ran).toBe(0);
      expect(redLines.filter((line) => line.includes('not the one of gatehouse.init(app)'))).toHaveLength(1);
      await red.anonymous.get('/livez', 200);
    } finally {
      second.close();
    }
  });

  it('a role of one, in the other, is unknown', async () => {
    await redRoot.post('/roles/create', { roleId: 'auditor', type: 'auditor', rights: ['/audit/load'] }, 201);
    await blueRoot.post('/roles/assign', { email: other.email, type: 'auditor', mode: 'add' }, 404);
    const { body } = await blueRoot.get('/roles/load', 200);
    expect(JSON.stringify(body)).not.toContain('auditor');
  });

  it('a session of one, in the other, is no session, by its token and by its refresh token', async () => {
    const { body } = await red.anonymous.post('/users/login', root, 200);
    const { access_token: token, refresh_token } = body;
    await red.anonymous.withToken(token).get('/profile/me', 200);
    await blue.anonymous.withToken(token).get('/profile/me', 401);
    await blue.anonymous.post('/users/refresh', { refresh_token }, 401);
    await red.anonymous.post('/users/refresh', { refresh_token }, 200);
  });

  it('what each does, is in no trail and no collection but its own', async () => {
    await blueRoot.post('/roles/create', { roleId: 'painter', type: 'painter', rights: [] }, 201);
    const { body } = await redRoot.get('/audit/load?limit=200', 200);
    expect(JSON.stringify(body)).not.toContain('painter');
    const names = (await database.connection.listCollections()).map(({ name }) => name);
    expect(names.filter((name) => !/^(red_|blue-)/.test(name))).toEqual([]);
    for (const name of ['roles', 'users', 'sessions', 'signingKeys', 'tokens', 'outbox']) {
      expect(names).toEqual(expect.arrayContaining([`red_${name}`, `blue-${name}`]));
    }
  });
});

describe('A Gatehouse on a connection of the host\'s', () => {
  let database: TestDatabase;
  beforeAll(async () => { database = await createDatabase(); });
  it('that has models of the same names, leaves them, their documents and mongoose itself alone', async () => {
    const { connection } = database;
    const User = connection.model('User', new Schema({ nickname: String }), 'users');
    await User.create({ nickname: 'Ann' });
    const node = await startGatehouse({
      connection, logsIn: false, settings: testSettings({ SUPERADMIN_EMAIL: root.email, SUPERADMIN_PASSWORD: password }), prefix: 'gate_',
    });
    try {
      await node.anonymous.logIn(root.email, password);
      expect(connection.modelNames()).toEqual(['User']);
      expect(mongoose.modelNames()).toEqual([]);
      expect((await User.find().lean()).map(({ nickname }) => nickname)).toEqual(['Ann']);
    } finally {
      await node.close();
    }
    expect(await User.countDocuments()).toBe(1); // the connection is the host's, and still open
  });

  it('that was not open yet, is not used: it could be another database', async () => {
    const connection = mongoose.createConnection(database.uri);
    try {
      await expect(startGatehouse({ connection, logsIn: false, settings: testSettings() })).rejects.toMatchObject({ name: 'StartError' });
      await connection.asPromise();
      expect(connection.modelNames()).toEqual([]);
    } finally {
      await connection.close();
    }
  });

  it('that was opened later, on a database that only its options name, is not used', async () => {
    const { name: dbName } = database.connection;
    const connection = mongoose.createConnection(database.uri.replace(dbName, ''), { dbName });
    const gatehouse = createGatehouse({ connection, settings: testSettings() });
    const app = express();
    app.use(gatehouse.authenticator);
    app.use(gatehouse.routes());
    try {
      await connection.asPromise();
      await expect(gatehouse.init(app)).rejects.toThrow('was not open yet');
    } finally {
      await gatehouse.close();
      await connection.close();
    }
  });

  it.each(['1st_', '$', 'a.b', 'system.', ' ', 'a'.repeat(33)])('with the prefix %j, which cannot begin a name, is not made', (prefix) => {
    expect(() => createGatehouse({ connection: database.connection, settings: testSettings(), prefix }))
      .toThrow('is not a valid prefix of collections');
  });
});
