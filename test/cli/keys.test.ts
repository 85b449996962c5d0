import { randomBytes } from 'node:crypto';
import { createDatabase } from '../support/gatehouse/database.ts';
import { createProcesses } from '../support/processes.ts';

const processes = createProcesses();
const database = await createDatabase();
const secrets = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
const run = (...args: string[]) => processes.run('src/cli/cli.ts', args, { env: { MONGODB_URI: database.uri, ...secrets } });

describe('npm run keys', () => {
  it('list, rotate, rotate again and --revoke, each say what there is, and what was done', async () => {
    expect((await run('seed')).code).toBe(0);
    const one = expect.stringMatching(/^[\w-]{43} {2}signs since \d{4}-\S+Z\n$/) as unknown;
    expect(await run('keys', 'list')).toEqual({ code: 0, stderr: '', stdout: one });
    const rotated = await run('keys', 'rotate');
    expect(rotated).toMatchObject({ code: 0, stderr: '' });
    const [, kid = ''] = /^New: (\S+)\n\S+ {2}signs since \S+\n\1 {2}published, signs from \S+\n$/.exec(rotated.stdout) ?? [];
    expect(kid).toHaveLength(43);
    expect((await run('keys', 'rotate')).stdout).toContain(`No new key: ${kid} is published and waits for its turn.\n`);
    const revoked = await run('keys', '--revoke', kid);
    expect(revoked).toMatchObject({ code: 0, stderr: '' });
    expect(revoked.stdout).toMatch(new RegExp(`^Revoked: ${kid}\\. .*\n[\\w-]{43} {2}signs since \\S+\n$`));
  }, 60_000);

  it.each([
    [['turn'], 'There is no command "turn"'], [['list', '--revoke', 'x'], '--revoke stands alone'],
    [['--revoke', 'x'], 'There is no key x.'], [['rotate', 'x'], "Unexpected argument 'x'"],
  ])('%j, 64 with one line that says why', async (args, why) => {
    const finished = await run('keys', ...args);
    expect(finished).toMatchObject({ code: 64, stdout: '' });
    expect(finished.stderr).toContain(why);
  }, 60_000);
});
