import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/**
 * Creates a file with its whole content unless it exists, mode 0600; says whether this call created it.
 *
 * Of several processes at once exactly one succeeds. No reader ever sees only a part of the content.
 */
export function writeOnce(path: string, content: string): boolean {
  const aside = writeAside(path, content);
  try {
    // Unlike a rename, a link fails if the name is taken.
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Replaces a file's content in one step, mode 0600. */
export function replaceFile(path: string, content: string): void {
  renameSync(writeAside(path, content), path);
}

function writeAside(path: string, content: string): string {
  const aside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(aside, 'wx', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return aside;
}
