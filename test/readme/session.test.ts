import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { localFolders } from '../../src/cli/local/local-folders.ts';
import { codeBlocks, root } from './read-pages.ts';
import { startProgram } from './run-process.ts';
import type { Running } from './run-process.ts';

const data = mkdtempSync(join(tmpdir(), 'gatehouse-readme-'));

describe('the curl session of the pages', () => {
  let server: Running;
  beforeAll(() => {
    // An empty MONGODB_URI counts as none, whatever a .env file says.
    // Through npm and tsx, as the pages say; other tests start what the test run has compiled.
    server = startProgram('npm', ['start', '--', '--data', data], { env: { PORT: '0', LOG_LEVEL: 'warn', MONGODB_URI: '' } });
  });
  afterAll(async () => {
    await server.stop('SIGTERM');
    rmSync(data, { recursive: true, force: true, maxRetries: 3 });
  });

  it('pasted into bash on a new server, shows 403, 200 and 403 for one token, an account, two tenants and a service', async () => {
    const [, base = '', token = ''] = await server.printed(/(http:\S+)\/users\/set-up-superadmin#token=(\S+)/);
    const [variables = '', session = '', accounts = '', tenants = '', services = '', preview = ''] = [
      'README.md', 'docs/start/quickstart.md', 'docs/guide/tenants.md', 'docs/guide/services.md', 'docs/guide/roles-and-rights.md',
    ].flatMap((page) => codeBlocks(page, 'bash'));
    const filledIn = variables.replace(/^BASE=.*$/m, `BASE=${base}`).replace(/^TOKEN=.*$/m, `TOKEN='${token}'`)
      .replace(/^MAILS=.*$/m, `MAILS=${data}/mails`);
    expect(filledIn.split('\n')).toEqual([`BASE=${base}`, `TOKEN='${token}'`, `MAILS=${data}/mails`, '']);
    expect(variables).toContain(`MAILS=${relative(root, localFolders.data)}/mails`);
    // Each page needs only the README: what it defines itself is unknown to the next.
    const { stdout, stderr } = await promisify(execFile)('bash', [
      '--norc', '-c', [`${filledIn}${session}`, ...[accounts, tenants, services, preview].map((page) => `(${page})\n`)].join('echo ==\n'),
    ], { env: { PATH: process.env['PATH'] } });
    expect(stderr).toBe('');
    const [ann = '', carol = '', eve = '', service = '', previewed = ''] = stdout.split('==\n');
    expect(ann.match(/^\d{3}$/gm)).toEqual(['403', '200', '403']);
    expect(ann.match(/"required":"GET \/admin\/load-users"/g)).toHaveLength(2);
    expect(ann).toContain('"email":"ann@example.com"');
    expect(carol.match(/ \d{3}$/gm)?.map(Number)).toEqual([201, 403, 200, 200, 200, 202, 200, 401, 202, 200, 201, 200, 204, 401]);
    expect(carol).toContain('"email":"carol@home.example"');
    expect(eve.match(/^\d{3}\b/gm)?.map(Number)).toEqual([201, 201, 201, 200, 201, 200, 200, 403, 403, 200, 404, 403, 200]);
    expect(service.match(/\b[245]0\d(?= \/| ?$)/gm)?.map(Number)).toEqual([200, 403, 200, 200, 401, 200, 200, 401, 401]);
    expect(previewed).toMatch(/"summary":.*\/audit\/load/);
    expect(service.match(/"active":(?:true|false)/g)).toEqual(['"active":true', '"active":false']);
    // In a new terminal: the pages say that these three calls are refused.
    const again = await promisify(execFile)('bash', ['--norc', '-c', `${filledIn}${session}`], { env: { PATH: process.env['PATH'] } });
    expect(again.stdout.match(/"code":"[a-z-]+"/g)?.slice(0, 3)).toEqual([
      '"code":"set-up-link-invalid"', '"code":"email-taken"', '"code":"role-exists"',
    ]);
    expect(again.stdout.match(/"statusCode":409/g)).toHaveLength(3);
  }, 180_000);
});
