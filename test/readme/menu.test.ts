import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { codeBlocks, root } from './read-pages.ts';
import { freePort } from '../support/free-port.ts';

const page = 'docs/guide/verifier.md';
const settings = testSettings({ SUPERADMIN_EMAIL: 'root@example.com', SUPERADMIN_PASSWORD: 'a long enough password' });

describe('the page about the verifier', () => {
  it('pasted into bash beside a server with the permissions as written, shows 403 until the refresh after each change', async () => {
    const declared = codeBlocks(page, 'ts').find((code) => code.startsWith('export const permissions')) ?? '';
    const permissions = [...declared.matchAll(/permission: '([^']+)', description: '([^']+)'/g)].map(
      ([, permission = '', description = '']) => ({ permission, description }),
    );
    const [, session = ''] = codeBlocks('README.md', 'bash');
    const [story = ''] = codeBlocks(page, 'bash');
    const server = await startGatehouse({ settings, permissions });
    try {
      const port = await freePort();
      const given = [`BASE=${server.origin}`, `AUTH='Authorization: Bearer ${server.superadmin.token ?? ''}'`, ...session.split(
        '\n',
      ).filter((line) => /^(JSON=|token_of\(\))/.test(line))];
      // Here the server listens elsewhere than its settings say, and port 4000 may be taken.
      const run = story.replace(
        'PORT=4000 ISSUER=$BASE', `PORT=${port} ISSUER=${settings.publicUrl} JWKS_URL=$BASE/.well-known/jwks.json`,
      ).replace('MENU=http://127.0.0.1:4000', `MENU=http://127.0.0.1:${port}`);
      expect([given.length, run.match(new RegExp(`\\b${port}\\b`, 'g'))?.length]).toEqual([4, 2]);
      const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', [...given, run, 'kill $!'].join('\n')], {
        cwd: root, env: { PATH: process.env['PATH'] }, timeout: 120_000,
      });
      expect(stderr).toBe('');
      expect(stdout.match(/ \d{3}$/gm)?.map(Number)).toEqual([403, 403, 201, 201, 403]);
      expect(stdout.match(/"required":"create:items"/g)).toHaveLength(3);
      expect(stdout.match(/"name":"Soup"/g)).toHaveLength(4);
    } finally {
      await server.close();
    }
  }, 180_000);
});
