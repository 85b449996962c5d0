import { randomBytes } from 'node:crypto';
import { loadSettings } from '../../src/settings.ts';
import type { Settings } from '../../src/settings.ts';

/** Settings of a test server: random secrets, the cheapest bcrypt cost, a quiet log. */
export function testSettings(overrides: Partial<Record<string, string>> = {}): Settings {
  return loadSettings({
    NODE_ENV: 'test',
    MONGODB_URI: 'mongodb://127.0.0.1/unused',
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PASSWORD_PEPPER: randomBytes(32).toString('base64'),
    PASSWORD_COST: '4',
    LOG_LEVEL: 'silent',
    ...overrides,
  });
}
