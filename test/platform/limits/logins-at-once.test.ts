import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { proof } from '../../support/proof.ts';
import { startGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import type { TestGatehouse } from '../../support/gatehouse/start-gatehouse.ts';
import { standardPassword as password } from '../../support/test-pool.ts';
import { testSettings } from '../../support/test-settings.ts';

const people = proof({ short: 12, ci: 50, full: 50 });
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
const settings = testSettings({ ...secrets, SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: password });

describe('right passwords that come at once', () => {
  let server: TestGatehouse;
  const logged: string[] = [];
  beforeAll(async () => {
    server = await startGatehouse({ settings, logger: pino({ level: 'warn' }, { write: (line) => void logged.push(line) }) });
  });
  const statusOf = async (email: string, on = server) => (await on.anonymous.post('/users/login', { email, password })).status;

  it('of many people behind one address, all get in; so do the calls of an administrator', async () => {
    const emails = Array.from({ length: people }, (_, at) => `person${at}@example.com`);
    const created = await Promise.all(emails.map((email) => server.superadmin.post('/admin/create-user', { email, password })));
    expect(created.map(({ status }) => status)).toEqual(Array(people).fill(201));
    expect(await Promise.all(emails.map((email) => statusOf(email)))).toEqual(Array(people).fill(200));
  });

  it('come by way of a proxy that TRUST_PROXY does not name, the log says so once', async () => {
    const notes = () => logged.filter((line) => line.includes('TRUST_PROXY'));
    for (let client = 0; client < 60; client += 1) {
      await server.anonymous.send('GET', '/livez', { headers: { 'X-Forwarded-For': `203.0.113.${client}` } });
    }
    expect(notes()).toHaveLength(1);
    expect(notes()[0]).toContain('"address":"127.0.0.1"');
  });

  it('after PASSWORD_COST was raised, all get in, also those of one user, and the hash is renewed', async () => {
    const users = [await server.newUser(), await server.newUser()];
    const raised = await startGatehouse({ settings: { ...settings, passwordCost: 5 }, database: server.database });
    try {
      const logins = users.flatMap(({ email }) => Array.from({ length: 8 }, () => statusOf(email, raised)));
      expect(await Promise.all(logins)).toEqual(Array(16).fill(200));
      for (const { email, userId } of users) {
        await raised.anonymous.post('/users/login', { email, password }, 200);
        const stored = await server.stores.users.findOne({ tenantId: 'default', _id: userId }).select('+password').lean();
        expect(stored?.password?.hash.slice(0, 7)).toBe('$2b$05$');
      }
    } finally {
      await raised.close();
    }
  });
});
