import { createApp } from '../src/process/app.ts';
import { exitWith } from '../src/process/exit-codes.ts';
import { createGatehouse } from '../src/gatehouse.ts';
import { printFindings } from '../src/http/census/census.ts';
import { createUnconnected } from '../src/platform/database/connect.ts';
import { loadSettings } from '../src/settings/load-settings.ts';
import { developmentSecrets } from './development-env.ts';

/** `npm run census`: compares the routes of Express with the URLs that config/ registers. Needs no database. Exit code 1 for findings. */
async function census(): Promise<void> {
  const settings = loadSettings({ MONGODB_URI: 'mongodb://127.0.0.1/none', ...developmentSecrets('', { ephemeral: true }) });
  const gatehouse = createGatehouse({ connection: createUnconnected(), settings });
  const findings = gatehouse.census(createApp(gatehouse));
  await gatehouse.close();
  console.log(findings.length === 0 ? 'Routes and registered URLs agree.' : printFindings(findings));
  process.exitCode = findings.length === 0 ? 0 : 1;
}

census().catch(exitWith);
