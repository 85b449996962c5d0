import { existsSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from '../../src/cli/local-mongo/process-identity.ts';
import { createProcesses } from '../support/processes.ts';
import type { Running } from '../support/processes.ts';

// The command `start` as `npm start` runs it, with the local database; what is said here over HTTP is what curl would say.

const processes = createProcesses();
const dataFolder = join(processes.folder, 'data');
const keptData = ['--data', dataFolder];
const credentials = { email: 'root@example.com', password: 'a long enough password' };

interface Started extends Running {
  readonly origin: string;
  readonly lines: readonly string[];
  /** Of the local database. */
  readonly databasePid: number;
}

async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const running = processes.start('src/cli/cli.ts', ['start', ...args], { env: { PORT: '0', LOG_LEVEL: 'silent', ...env } });
  await running.until(/seeding .*\n/);
  const lines = running.printed.stdout.trimEnd().split('\n');
  return {
    ...running, lines,
    origin: /listens on (\S+)/.exec(lines[0] ?? '')?.[1] ?? '',
    databasePid: Number(/local, pid (\d+)/.exec(running.printed.stdout)?.[1]),
  };
}

async function post(origin: string, path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(
    `${origin}${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
  );
  const content = await response.text();
  // Every body of the API is an object.
  return { status: response.status, body: content === '' ? {} : JSON.parse(content) as Record<string, unknown> };
}

/** The path and the token of a set-up link; the token is what a browser keeps to itself. */
function readLink(printed: string): { path: string; token: string } {
  const [, path = '', token = ''] = /http:\/\/[^/]+(\/\S+)#token=(\S+)/.exec(printed) ?? [];
  return { path, token };
}

describe('npm start, with a local database', () => {
  it('first on an empty folder, prints at most eight lines, and its link sets up the superadmin', async () => {
    const { origin, lines, ended, child } = await start(keptData);
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(lines).toEqual([
      `Gatehouse listens on ${origin}`,
      `  docs      ${origin}/docs`,
      `  health    ${origin}/readyz`,
      expect.stringMatching(/^ {2}database {2}\S+ \S+ .*\(local, pid \d+\), data in .*data/),
      expect.stringMatching(/^ {2}seeding {3}created 4 roles, \d+ rights; 0 changed$/),
      expect.stringMatching(/^ {2}set-up {4}http:\/\/127\.0\.0\.1:\d+\/users\/set-up-superadmin#token=\S+$/),
    ]);
    for (const path of ['/docs', '/readyz', '/users/set-up-superadmin']) expect([path, (await fetch(origin + path)).status]).toEqual(
      [path, 200],
    );

    const second = await processes.run('src/cli/cli.ts', ['start', ...keptData], { env: { PORT: '0' } });
    expect(second).toMatchObject({ code: 69, stdout: '' });
    expect(second.stderr).toMatch(/^\S+ is in use by another start of this project \(process \d+\)\. Cure: .*\n$/);

    const former = readLink(lines.at(-1) ?? '');
    const seeded = await processes.run('src/cli/cli.ts', ['seed', ...keptData, '--link'], { env: { PUBLIC_URL: origin } });
    expect(seeded).toMatchObject({ code: 0, stderr: '' });
    expect(seeded.stdout).toMatch(/^created 0 roles, 0 rights; 0 changed\nhttp:\/\/\S+\n$/);
    const { path, token } = readLink(seeded.stdout);
    expect(await post(origin, path, { ...credentials, token: former.token })).toMatchObject(
      { status: 409, body: { code: 'set-up-link-invalid' } },
    );
    expect(await post(origin, path, { ...credentials, token })).toMatchObject({ status: 200 });
    expect(await post(origin, path, { ...credentials, token })).toMatchObject({ status: 409 });
    expect(await post(origin, '/users/login', credentials)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('stopped with SIGTERM and started again, finishes what it is answering, leaves no database process, and keeps the data', async () => {
    const { origin, lines, child, ended, databasePid } = await start(keptData);
    expect(lines.slice(4)).toEqual(['  seeding   created 0 roles, 0 rights; 0 changed']);
    await (await fetch(`${origin}/livez`)).text(); // leaves an idle connection, which must not delay the end
    const answering = slowLogin(origin);
    await sleep(300);
    child.kill('SIGTERM');
    await expectClosed(origin);
    expect(identifyProcess(databasePid)).toBeDefined();
    const answer = await answering.finish();
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(await text(answer))).toMatchObject({ token_type: 'Bearer' });
    const began = performance.now();
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(identifyProcess(databasePid)).toBeUndefined();
    expect(existsSync(join(dataFolder, 'in-use.json'))).toBe(false);
  }, 60_000);

  it('with --ephemeral, says so, and after Ctrl-C neither the database nor its data is left', async () => {
    const { lines, child, ended, databasePid } = await start(['--ephemeral'], {
      TMPDIR: processes.folder, SUPERADMIN_EMAIL: credentials.email, SUPERADMIN_PASSWORD: credentials.password,
    });
    const temporary = () => readdirSync(processes.folder).filter((name) => name.startsWith('gatehouse-'));
    expect(temporary()).toHaveLength(1);
    expect(lines).toHaveLength(5); // a superadmin with a password needs no link
    expect(lines[3]).toMatch(/, data thrown away at the end$/);
    expect(identifyProcess(databasePid)).toBeDefined();
    child.kill('SIGINT');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(identifyProcess(databasePid)).toBeUndefined();
    expect(temporary()).toEqual([]);
  }, 60_000);

  it('killed with SIGKILL, leaves no database process behind', async () => {
    const { child, databasePid } = await start(['--ephemeral'], { TMPDIR: processes.folder });
    child.kill('SIGKILL');
    for (let waited = 0; waited < 8_000 && identifyProcess(databasePid); waited += 50) await sleep(50);
    expect(identifyProcess(databasePid)).toBeUndefined();
  }, 60_000);
});

/** A login of which the server has all but the last byte. */
function slowLogin(origin: string): { finish(): Promise<IncomingMessage> } {
  const body = JSON.stringify(credentials);
  const call = request(
    `${origin}/users/login`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Length': body.length } },
  );
  const answer = new Promise<IncomingMessage>((resolve, reject) => void call.on('response', resolve).on('error', reject));
  call.write(body.slice(0, -1));
  return {
    finish() {
      call.end(body.slice(-1));
      return answer;
    },
  };
}

async function expectClosed(origin: string): Promise<void> {
  for (let waited = 0; waited < 3_000; waited += 50) {
    if (await fetch(`${origin}/livez`, { headers: { Connection: 'close' } }).then(() => false, () => true)) return;
    await sleep(50);
  }
  throw new Error('The server still takes connections.');
}
