import { createApp } from '../src/app.ts';
import { createGatehouse } from '../src/gatehouse.ts';
import { describeReport, exitWith, setUpLink } from '../src/main.ts';
import { connect } from '../src/mongo/connect.ts';
import { loadSettings } from '../src/settings.ts';
import { prepareEnvironment } from './local-env.ts';

/** `npm run seed`: init without a server. `--dry-run` only tells what would change; `--link` prints a new set-up link. */
const dryRun = process.argv.includes('--dry-run');
const link = process.argv.includes('--link');

async function seed(): Promise<void> {
  const { env, mongo } = await prepareEnvironment({ ephemeral: false, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    const settings = loadSettings(env);
    const connection = await connect(settings.mongodbUri);
    const gatehouse = createGatehouse({ connection, settings });
    try {
      const report = await gatehouse.seed(createApp(gatehouse), { dryRun });
      console.log(`${dryRun ? 'would have ' : ''}${describeReport(report)}`);
      if (link && !dryRun) {
        const token = await gatehouse.renewSetUpToken();
        console.log(token === null ? 'A superadmin has a password already: no set-up link is given out.' : setUpLink(settings.publicUrl, token));
      }
    } finally {
      await gatehouse.close();
      await connection.close();
    }
  } finally {
    await mongo?.stop();
  }
}

seed().catch(exitWith);
