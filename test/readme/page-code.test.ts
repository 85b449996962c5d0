import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { codeBlocks } from './read-pages.ts';

/** The functions of the code block of the page about browser apps. */
interface BrowserCode {
  readonly logIn: (email: string, password: string) => Promise<void>;
  readonly call: (path: string) => Promise<Response>;
}

const superadmin = { email: 'root@example.com', password: 'a long enough password' };
let skew = 0;
const gatehouse = await startGatehouse({
  clock: () => Date.now() + skew,
  settings: testSettings({ SUPERADMIN_EMAIL: superadmin.email, SUPERADMIN_PASSWORD: superadmin.password }),
});
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pages-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Writes the only block of JavaScript of a page as a file that calls this Gatehouse. */
function writeCode(page: string): string {
  const [code = '', ...more] = codeBlocks(page, 'js');
  expect(more).toEqual([]);
  const file = join(folder, `${page.replaceAll('/', '-')}.mjs`);
  writeFileSync(file, code.replaceAll('https://gate.example.com', gatehouse.origin));
  return file;
}

describe('code of the pages', () => {
  it('that of moving, with a list of addresses, creates each user once', async () => {
    const env = { PATH: process.env['PATH'], BASE: gatehouse.origin, TOKEN: gatehouse.superadmin.token ?? '' };
    const script = spawn(process.execPath, [writeCode('docs/guide/moving.md')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let printed = '';
    script.stdout.setEncoding('utf8').on('data', (text: string) => { printed += text; });
    script.stdin.end('ada@example.com\nbob@example.com\nada@example.com\n');
    await once(script, 'close');
    expect(printed).toBe('ada@example.com 201\nbob@example.com 201\nada@example.com 409\n');
  });

  it('that of browser apps, when the access token has expired, refreshes once for calls at the same time and repeats them', async () => {
    const page = await import(pathToFileURL(writeCode('docs/guide/browser-apps.md')).href) as BrowserCode; // the block exports these
    await page.logIn(superadmin.email, superadmin.password);
    expect((await page.call('/profile/me')).status).toBe(200);

    skew = 7_000_000; // over ACCESS_TOKEN_SECONDS
    const answers = await Promise.all([page.call('/profile/me'), page.call('/roles/load'), page.call('/permissions')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    skew = 2 * 7_000_000;
    expect((await page.call('/profile/me')).status).toBe(200); // the successor of the token is kept
  });
});
