import { createGatehouse } from '../gatehouse.ts';
import { printFindings } from '../http/census/census.ts';
import { createUnconnected } from '../platform/database/connect.ts';
import { createApp } from '../process/app.ts';
import { loadSettings } from '../settings/load-settings.ts';
import type { Command } from './command-line/command.ts';
import { readOptions } from './command-line/read-options.ts';
import { developmentSecrets } from './local/development-env.ts';

/** `census`: compares the routes of Express with the URLs that config/ registers. Needs no database. Exit code 1 for findings. */
export const censusCommand: Command = {
  options: {},
  async run(args) {
    readOptions({}, args);
    const settings = loadSettings({ MONGODB_URI: 'mongodb://127.0.0.1/none', ...developmentSecrets('', { ephemeral: true }) });
    const gatehouse = createGatehouse({ connection: createUnconnected(), settings });
    const findings = gatehouse.census(createApp(gatehouse));
    await gatehouse.close();
    console.log(findings.length === 0 ? 'Routes and registered URLs agree.' : printFindings(findings));
    process.exitCode = findings.length === 0 ? 0 : 1;
  },
};
