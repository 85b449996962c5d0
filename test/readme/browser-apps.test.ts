import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startGatehouse } from '../support/gatehouse/start-gatehouse.ts';
import { testSettings } from '../support/test-settings.ts';
import { codeBlocks } from './read-pages.ts';

/** The functions of the code block. */
interface Page {
  readonly logIn: (email: string, password: string) => Promise<void>;
  readonly call: (path: string) => Promise<Response>;
}

const [code = ''] = codeBlocks('docs/guide/browser-apps.md', 'js');
const superadmin = { email: 'root@example.com', password: 'a long enough password' };

describe('the page about browser apps', () => {
  it('its code, when the access token has expired, refreshes once for calls at the same time and repeats them', async () => {
    let skew = 0;
    const gatehouse = await startGatehouse({
      clock: () => Date.now() + skew,
      settings: testSettings({ SUPERADMIN_EMAIL: superadmin.email, SUPERADMIN_PASSWORD: superadmin.password }),
    });
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-browser-'));
    try {
      const file = join(folder, 'page.mjs');
      writeFileSync(file, code.replaceAll('https://gate.example.com', gatehouse.origin));
      const page = await import(pathToFileURL(file).href) as Page; // the block exports these
      await page.logIn(superadmin.email, superadmin.password);
      expect((await page.call('/profile/me')).status).toBe(200);

      skew = 7_000_000; // over ACCESS_TOKEN_SECONDS
      const answers = await Promise.all([page.call('/profile/me'), page.call('/roles/load'), page.call('/permissions')]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      skew = 2 * 7_000_000;
      expect((await page.call('/profile/me')).status).toBe(200); // the successor of the token is kept
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
