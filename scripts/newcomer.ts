/**
 * `npm run newcomer`: does what the pages for newcomers say, in an empty folder without this project, and counts the examples.
 *
 * It packs the package, starts a local database that it throws away at the end, and follows each page from its first to its last
 * example. The packages come from the registry of npm.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitWith } from '../src/process/exit-codes.ts';
import { withDatabase } from '../src/cli/local/local-env.ts';
import { startThrowAway } from './local-mongo.ts';
import { freePort } from '../src/cli/local-mongo/free-port.ts';
import { followNewcomerPage, newcomerPages } from './pages/newcomer-pages.ts';

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-newcomer-'));
  const mongo = await startThrowAway(process.env, { prefersFast: false });
  try {
    execFileSync('npm', ['pack', '--pack-destination', folder], { stdio: 'ignore' });
    for (const page of Object.values(newcomerPages)) {
      const uri = withDatabase(mongo.uri, `newcomer-${page.database}`);
      const { commands, files, outputs } = await followNewcomerPage(page, { folder, uri, ports: [await freePort(), await freePort()] });
      console.log(`${page.file}: ${commands} blocks of commands ran, ${files} files were written, ${outputs} outputs were as shown.`);
    }
  } finally {
    await mongo.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

run().catch(exitWith);
