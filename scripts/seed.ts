import { describeReport, setUpLink } from '../src/process/startup-banner.ts';
import { createApp } from '../src/process/app.ts';
import { exit, exitWith } from '../src/process/exit-codes.ts';
import type { Gatehouse } from '../src/gatehouse.types.ts';
import type { Settings } from '../src/settings/load-settings.ts';
import { readOptions } from './command-line.ts';
import { withGatehouse } from './with-gatehouse.ts';

/**
 * `npm run seed`: init without a server, also while a server runs.
 *
 * `-- --dry-run` changes nothing and lists what would change; `-- --link` also prints a new set-up link for the superadmin.
 * `--data FOLDER` as for `npm start`.
 */
async function seed(): Promise<void> {
  const { 'dry-run': dryRun, link, data } = readOptions({
    'dry-run': { type: 'boolean', default: false }, link: { type: 'boolean', default: false }, data: { type: 'string' },
  });
  if (dryRun && link) throw exit('usage', 'A new link replaces the old one, so --link does not go with --dry-run.');
  await withGatehouse(data, async (gatehouse, settings) => {
    const report = await gatehouse.seed(createApp(gatehouse), { dryRun });
    console.log(`${dryRun ? 'would have ' : ''}${describeReport(report)}`);
    if (link) console.log(await describeLink(gatehouse, settings));
  });
}

async function describeLink(gatehouse: Gatehouse, { publicUrl }: Settings): Promise<string> {
  const token = await gatehouse.renewSetUpToken();
  return token === null ? 'A superadmin has a password already: no set-up link is given out.' : setUpLink(publicUrl, token);
}

seed().catch(exitWith);
