import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce } from './local-mongo/write-once.ts';

/** Secrets that production must be given and that a development start makes for itself: 32 random bytes each, base64. */
export interface DevelopmentSecrets {
  KEY_ENCRYPTION_KEY: string;
  PASSWORD_PEPPER: string;
}

/**
 * The secrets of a local start: made once, then kept beside the data they protect in a file only its owner may read.
 *
 * Two first starts at once get the same ones. With `ephemeral` nothing is written. Refuses a damaged file instead of
 * making new secrets, which would leave stored keys and passwords unusable.
 */
export function developmentSecrets(dataFolder: string, { ephemeral }: { ephemeral: boolean }): DevelopmentSecrets {
  const fresh = { KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64'), PASSWORD_PEPPER: randomBytes(32).toString('base64') };
  if (ephemeral) return fresh;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const path = join(dataFolder, 'development-secrets.json');
  return writeOnce(path, `${JSON.stringify(fresh, null, 2)}\n`) ? fresh : readSecrets(path);
}

function readSecrets(path: string): DevelopmentSecrets {
  const { KEY_ENCRYPTION_KEY, PASSWORD_PEPPER } = parse(readFileSync(path, 'utf8'));
  if (!isSecret(KEY_ENCRYPTION_KEY) || !isSecret(PASSWORD_PEPPER)) {
    throw new Error(`${path} is damaged. Cure: restore it, or remove the data folder it lies in to start afresh.`);
  }
  return { KEY_ENCRYPTION_KEY, PASSWORD_PEPPER };
}

function parse(text: string): Partial<Record<keyof DevelopmentSecrets, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && Buffer.from(value, 'base64').length === 32;
}
