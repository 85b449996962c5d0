import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../src/settings/load-settings.ts';
import type { Settings } from '../../src/settings/load-settings.ts';

const mails = mkdtempSync(join(tmpdir(), 'gatehouse-mails-'));
process.once('exit', () => rmSync(mails, { recursive: true, force: true }));

/** Settings of a test server: random secrets, the cheapest bcrypt cost, a quiet log, and mails that nobody reads. */
export function testSettings(overrides: Partial<Record<string, string>> = {}): Settings {
  return loadSettings({
    NODE_ENV: 'test',
    MONGODB_URI: 'mongodb://127.0.0.1/unused',
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    PASSWORD_COST: '4',
    LOG_LEVEL: 'silent',
    DNS_SERVERS: '127.0.0.1:1', // nobody: no test asks the servers of this machine
    DATABASE_SILENCE: '20000', // beside other tests the local database is slow, which is no outage
    ...(overrides.SMTP_URL === undefined && { MAIL_FOLDER: mails }),
    ...overrides,
  });
}
