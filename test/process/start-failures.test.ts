import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';
import type { Finished } from '../support/processes.ts';
import { testSettings } from '../support/test-settings.ts';

// What a start ends with when it cannot go on: one message for the person at the terminal, and an exit code of sysexits.h.

const processes = createProcesses();
const database = await createDatabase();
const secret = () => randomBytes(32).toString('base64');
const secrets = { KEY_ENCRYPTION_KEY: secret(), PASSWORD_PEPPER: secret() };

function settings(): Record<string, string> {
  return { LOG_LEVEL: 'silent', PORT: '0', MONGODB_URI: database.uri, ...secrets };
}

function start(env: Readonly<Record<string, string | undefined>>): Promise<Finished> {
  return processes.run('src/cli/cli.ts', ['start', '--data', join(processes.folder, 'data')], { env: { ...settings(), ...env } });
}

/** One message without a stack, nothing on stdout, this exit code. */
function expectRefusal({ code, stdout, stderr }: Finished, wanted: number, ...texts: (string | RegExp)[]): void {
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect({ code, stdout }).toEqual({ code: wanted, stdout: '' });
  for (const one of texts) expect(stderr).toMatch(one);
}

describe('a start', () => {
  it('production without settings, 78 and one message that names each and its cure', async () => {
    const finished = await start({ NODE_ENV: 'production', MONGODB_URI: '', KEY_ENCRYPTION_KEY: '', PASSWORD_PEPPER: '' });
    const names = ['PUBLIC_URL', 'MONGODB_URI', 'KEY_ENCRYPTION_KEY', 'PASSWORD_PEPPER', 'SMTP_URL'];
    expectRefusal(finished, 78, /"5 settings are missing or wrong:/, ...names.map((name) => `${name} is not set`));
    expect(finished.stderr.match(/ Set /g)).toHaveLength(5);
  }, 30_000);

  it('production with weak settings, 78 and each is named, without the secrets', async () => {
    const weak = Buffer.alloc(32, 'a').toString('base64');
    const finished = await start({
      NODE_ENV: 'production', PUBLIC_URL: 'gate.example.com', KEY_ENCRYPTION_KEY: weak, PASSWORD_PEPPER: weak, PASSWORD_COST: '4',
      SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'short',
    });
    expectRefusal(
      finished, 78, 'PUBLIC_URL', 'KEY_ENCRYPTION_KEY is too regular', 'PASSWORD_PEPPER is', 'PASSWORD_COST', 'SUPERADMIN_PASSWORD',
    );
    expect(finished.stderr).not.toContain(weak);
  }, 30_000);

  it('a database that does not answer, 69 within some seconds', async () => {
    const began = performance.now();
    const finished = await start({ MONGODB_URI: 'mongodb://me:hidden@127.0.0.1:1/gatehouse' });
    expectRefusal(finished, 69, /^The database of MONGODB_URI does not answer \(.*\)\. Start it, or correct MONGODB_URI\.\n$/);
    expect(finished.stderr).not.toContain('hidden');
    expect(performance.now() - began).toBeLessThan(12_000);
  }, 30_000);

  it('a port in use, 71 with the port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo; // what a server on a port has
    const fault = `Port ${port} of 127.0.0.1 is in use. Stop the other program, or change`;
    expectRefusal(await start({ PORT: String(port) }), 71, `${fault} PORT.`);
    expectRefusal(await start({ METRICS_PORT: String(port) }), 71, `${fault} METRICS_PORT.`);
    await new Promise((resolve) => other.close(resolve));
  }, 30_000);

  it('HOST is no address of this machine, 78', async () => {
    expectRefusal(await start({ HOST: '192.0.2.1' }), 78, 'HOST 192.0.2.1 is not an address of this machine.');
  }, 30_000);

  it('another KEY_ENCRYPTION_KEY than the stored keys, 78 with what to do', async () => {
    await (await startGatehouse({ database, logsIn: false, settings: testSettings(secrets) })).close();
    const finished = await start({ KEY_ENCRYPTION_KEY: secret() });
    expectRefusal(finished, 78, /^KEY_ENCRYPTION_KEY does not fit the stored signing key \S+: start with the one it was stored under\.\n$/);
  }, 30_000);

  it('an unknown option, 64 with those there are', async () => {
    const finished = await processes.run('src/cli/cli.ts', ['start', '--ephemeral', '--data', 'x', '--ephemral']);
    expectRefusal(finished, 64, '--ephemral', 'Options: --ephemeral, --data, --workers.');
  }, 30_000);
});

describe('a start in production', () => {
  it('no superadmin can log in yet, prints how to get a link and no link', async () => {
    const env = { ...settings(), NODE_ENV: 'production', PUBLIC_URL: 'https://gate.example.com', SMTP_URL: 'smtp://127.0.0.1:1' };
    const running = processes.start('src/cli/cli.ts', ['start'], { env });
    await running.until(/"setUp":.*\n/);
    expect(running.printed.stdout).toContain('npm run seed -- --link');
    expect(running.printed.stdout).not.toContain('token');
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 0, signal: null });
  }, 30_000);
});
