import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { followPage } from './follow-page.ts';
import type { Followed } from './follow-page.ts';

/** A page that begins in an empty folder, with the packed package beside it. */
export interface NewcomerPage {
  readonly file: string;
  /** The name of the database in the page. */
  readonly database: string;
}

/** In the order in which a newcomer reads them. */
export const newcomerPages = {
  library: { file: 'docs/start/library.md', database: 'bakery' },
  javascript: { file: 'docs/start/javascript.md', database: 'bakery-js' },
} as const satisfies Record<string, NewcomerPage>;

export interface Place {
  /** An empty folder, except for the packed package. */
  readonly folder: string;
  /** The address of a database that nobody else uses. */
  readonly uri: string;
  readonly port: number;
}

/** Follows a page with a port and a database of this machine in place of those of the page. */
export async function followNewcomerPage({ file, database }: NewcomerPage, { folder, uri, port }: Place): Promise<Followed> {
  const markdown = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
  return await followPage(markdown, {
    cwd: folder,
    // A local database beside other work is slow, which is no outage.
    env: { PORT: String(port), DATABASE_SILENCE: '20000', npm_config_prefer_offline: 'true', npm_config_audit: 'false' },
    replace: { '127.0.0.1:3000': `127.0.0.1:${port}`, [`mongodb://127.0.0.1:27017/${database}?replicaSet=rs0`]: uri },
  });
}
