import type { Gatehouse } from '../gatehouse.types.ts';
import { createApp } from '../process/app.ts';
import { exit } from '../process/exit-codes.ts';
import { describeReport, setUpLink } from '../process/startup-banner.ts';
import type { Settings } from '../settings/load-settings.ts';
import { commonOptions } from './command-line/command.ts';
import type { Command, CommandOptions } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { withGatehouse } from './local/with-gatehouse.ts';

const options = {
  'dry-run': { type: 'boolean', default: false, about: 'Change nothing and print what would change.' },
  link: { type: 'boolean', default: false, about: 'Print a new set-up link for the first superadmin, too.' },
  ...commonOptions,
} as const satisfies CommandOptions;

/** `seed`: creates and updates roles, rights and the superadmin without a server, also while servers run. */
export const seedCommand: Command = {
  options,
  async run(args) {
    const { 'dry-run': dryRun, link, data } = readOptions(options, args);
    if (dryRun && link) throw exit('usage', 'A new link replaces the old one, so --link does not go with --dry-run.');
    await withGatehouse(data, async (gatehouse, settings) => {
      const report = await gatehouse.seed(createApp(gatehouse), { dryRun });
      console.log(`${dryRun ? 'would have ' : ''}${describeReport(report)}`);
      if (link) console.log(await describeLink(gatehouse, settings));
    });
  },
};

async function describeLink(gatehouse: Gatehouse, { publicUrl }: Settings): Promise<string> {
  const token = await gatehouse.renewSetUpToken();
  return token === null ? 'A superadmin has a password already, so no set-up link was created.' : setUpLink(publicUrl, token);
}
