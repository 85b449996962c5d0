import { connect } from '../../../src/platform/database/connect.ts';
import { loadSettings } from '../../../src/index.ts';
import { joinPeers } from '../../../src/process/workers/worker-peers.ts';
import { openChannel } from '../../../src/process/workers/worker.ts';
import { listen } from '../serve.ts';
import { createReaderApp } from './reader-app.ts';

// One of several processes that share a port. They tell each other of changes as the workers of the stand-alone server do.
const channel = openChannel();
const peers = await joinPeers(channel);
const settings = loadSettings(process.env);
const connection = await connect(settings.mongodbUri, { silence: settings.databaseSilence });
await listen(await createReaderApp(connection, settings, Number(process.env['BENCH_RIGHTS']), peers));
channel.listen(({ kind }) => { if (kind === 'stop') process.exit(); });
channel.send({ kind: 'serving' });
