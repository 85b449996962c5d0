import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { codeBlocks } from './read-readme.ts';
import { startNode } from './run-process.ts';
import type { Running } from './run-process.ts';

describe('README, the curl session', () => {
  let server: Running;
  beforeAll(() => {
    // An empty MONGODB_URI counts as none, whatever a .env file says.
    server = startNode(['--import', 'tsx', 'scripts/start.ts', '--ephemeral'], { env: { PORT: '0', LOG_LEVEL: 'warn', MONGODB_URI: '' } });
  });
  afterAll(() => server.stop('SIGTERM'));

  it('pasted into bash on a new server, shows 403, 200 and 403 for one and the same token', async () => {
    const [, base = '', token = ''] = await server.printed(/(http:\S+)\/users\/set-up-superadmin#token=(\S+)/);
    const [variables = '', session = ''] = codeBlocks('bash');
    const filledIn = variables.replace(/^BASE=.*$/m, `BASE=${base}`).replace(/^TOKEN=.*$/m, `TOKEN='${token}'`);
    expect(filledIn.split('\n')).toEqual([`BASE=${base}`, `TOKEN='${token}'`, '']);
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', `${filledIn}${session}`], { env: { PATH: process.env['PATH'] } });
    expect(stderr).toBe('');
    expect(stdout.match(/^\d{3}$/gm)).toEqual(['403', '200', '403']);
    expect(stdout.match(/"required":"GET \/admin\/load-users"/g)).toHaveLength(2);
    expect(stdout).toContain('"email":"ann@example.com"');
  }, 180_000);
});
