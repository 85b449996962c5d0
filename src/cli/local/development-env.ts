import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce } from '../local-mongo/write-once.ts';

/** Secrets that production must set and that a development start creates: 32 random bytes each, in base64. */
export interface DevelopmentSecrets {
  KEY_ENCRYPTION_KEY: string;
  PASSWORD_PEPPER: string;
}

/**
 * The secrets of a local start: created once, then kept beside the data that they protect, in a file only its owner may read.
 *
 * Two first starts at once get the same secrets. With `ephemeral` nothing is written. Throws for a damaged file: new secrets
 * would make stored keys and passwords unusable.
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
    throw new Error(`${path} is damaged. Cure: restore it, or remove its data folder to start with an empty database.`);
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
