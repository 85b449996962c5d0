import { randomBytes } from 'node:crypto';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';

// In production a program reads the log: every line of both streams is a JSON object, from the first to the last.

const processes = createProcesses();
const secret = () => randomBytes(32).toString('base64');
const production = {
  NODE_ENV: 'production', PORT: '0', STOP_DELAY: '0', PUBLIC_URL: 'https://gate.example.com', SMTP_URL: 'smtp://127.0.0.1:1',
  KEY_ENCRYPTION_KEY: secret(), PASSWORD_PEPPER: secret(),
};
type Line = Readonly<Record<string, unknown>>;

/** Parses every line; throws for one that is no JSON object. */
function linesOf(text: string): Line[] {
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text.split('\n').slice(0, -1).map((line) => {
    const parsed: unknown = JSON.parse(line);
    const number = expect.any(Number) as number;
    expect(parsed).toMatchObject({ level: number, time: number, msg: expect.any(String) as string });
    return parsed as Line;
  });
}

describe('the log of a production server', () => {
  it.each(['1', '2'])('started, called and stopped with %s worker, is JSON from the first to the last line', async (workers) => {
    const { uri } = await createDatabase();
    const running = processes.start('src/cli/cli.ts', ['start', '--workers', workers], { env: { ...production, MONGODB_URI: uri } });
    const [, origin = ''] = await running.until(/"origin":"([^"]+)"[^\n]*\n/);
    expect((await fetch(`${origin}/roles/load`, { headers: { Connection: 'close' } })).status).toBe(401);
    // A worker writes its line after the answer; the line would come after "stopping" if the signal came first.
    await running.until(/"msg":"request"[^\n]*\n/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    const lines = linesOf(running.printed.stdout);
    expect(linesOf(running.printed.stderr)).toEqual([]);
    const messages = lines.map(({ msg }) => msg);
    expect(messages).toEqual(expect.arrayContaining([`Gatehouse listens on ${origin}`, 'request']) as unknown);
    expect(messages.slice(-2)).toEqual(['stopping', 'stopped']);
    expect(lines.find(({ setUp }) => setUp !== undefined)).toMatchObject({
      workers: Number(workers), version: '0.1.0', seeding: { rolesCreated: 4 },
      setUp: 'no superadmin can log in yet: run "npm run seed -- --link", or set SUPERADMIN_EMAIL and SUPERADMIN_PASSWORD',
    });
    expect(running.printed.stdout).not.toContain('#token=');
  }, 60_000);

  it.each([
    ['settings are missing', { PUBLIC_URL: '', MONGODB_URI: '' }, 78, /^2 settings are missing or wrong:/],
    ['NODE_ENV is misspelled', { NODE_ENV: 'prod', MONGODB_URI: 'mongodb://127.0.0.1:1/x' }, 78, /NODE_ENV is neither/],
    ['the database does not answer', { MONGODB_URI: 'mongodb://me:hidden@127.0.0.1:1/x' }, 69, /^The database of MONGODB_URI does not answer/],
    ['the same, with workers', { MONGODB_URI: 'mongodb://127.0.0.1:1/x', WORKERS: '2' }, 69, /^The database of MONGODB_URI does not answer/],
  ])('a start fails because %s, is one line with the exit code', async (_what, env, exitCode, message) => {
    const { code, stdout, stderr } = await processes.run('src/main.ts', [], { env: { ...production, ...env } });
    expect(code).toBe(exitCode);
    expect(stdout).toBe('');
    expect(linesOf(stderr)).toEqual([expect.objectContaining({ level: 60, exitCode, msg: expect.stringMatching(message) as string })]);
    expect(stderr).not.toContain('hidden');
  }, 60_000);

  it('a warning of Node and an error that nothing catches, are lines too, and the error ends the process with 70', async () => {
    const { code, stdout, stderr } = await processes.run('test/process/uncaught-node.ts', [], { env: { NODE_ENV: 'production' } });
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(linesOf(stderr)).toEqual([
      expect.objectContaining({ level: 40, msg: 'take care' }),
      expect.objectContaining({ level: 60, msg: 'nobody catches this', err: expect.objectContaining({ type: 'Error' }) as unknown }),
    ]);
  }, 30_000);
});
