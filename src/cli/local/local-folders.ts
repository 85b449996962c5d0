import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runsFromSource } from '../../errors/command-text.ts';
import { writeOnce } from '../local-mongo/write-once.ts';

/** In a clone, the clone's own folder, wherever a command is started. With the package installed, the one in the current folder. */
const home = join(runsFromSource ? resolve(import.meta.dirname, '..', '..', '..') : process.cwd(), '.gatehouse');

/** The folders of the local database and of what is installed for it. */
export const localFolders = { data: join(home, 'data'), cache: join(home, 'cache') } as const;

/** Creates their folder and hides it from Git, because it holds secrets. */
export function createLocalFolders(): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeOnce(join(home, '.gitignore'), '*\n');
}
