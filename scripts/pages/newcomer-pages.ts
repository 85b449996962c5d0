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
  verifier: { file: 'docs/start/verifier.md', database: 'restaurant' },
  testing: { file: 'docs/guide/testing-your-app.md', database: 'bakery-tests' },
} as const satisfies Record<string, NewcomerPage>;

export interface Place {
  /** An empty folder, except for the packed package. */
  readonly folder: string;
  /** The address of a database that nobody else uses. */
  readonly uri: string;
  /** Free ports of this machine, in place of 3000 and of 4000. */
  readonly ports: readonly [number, number];
}

/** Follows a page with ports and a database of this machine in place of those of the page. */
export async function followNewcomerPage({ file, database }: NewcomerPage, { folder, uri, ports }: Place): Promise<Followed> {
  const markdown = readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), 'utf8');
  const [port, second] = ports;
  const texts = { '127.0.0.1:3000': `127.0.0.1:${port}`, '127.0.0.1:4000': `127.0.0.1:${second}`, 'PORT=4000': `PORT=${second}` };
  return await followPage(markdown, {
    cwd: folder,
    // A local database beside other work is slow, which is no outage.
    env: { PORT: String(port), DATABASE_SILENCE: '20000', npm_config_prefer_offline: 'true', npm_config_audit: 'false' },
    replace: {
      ...Object.fromEntries(Object.entries(texts).filter(([text]) => markdown.includes(text))),
      [`mongodb://127.0.0.1:27017/${database}?replicaSet=rs0`]: uri,
    },
  });
}
