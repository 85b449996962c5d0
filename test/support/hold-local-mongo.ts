import { localFolders } from '../../src/cli/local/local-folders.ts';
import { startLocalMongo } from '../../src/cli/local-mongo/local-mongo.ts';

// A process that starts a local database as the tests say, prints what it got, and goes on until it is killed.
const { ephemeral, dataFolder } = JSON.parse(process.argv[2] ?? '{}') as { ephemeral: boolean; dataFolder: string };
const { uri, pid } = await startLocalMongo({ dataFolder, cacheFolder: localFolders.cache, ephemeral, env: process.env });
console.log(JSON.stringify({ uri, pid }));
setInterval(() => undefined, 60_000);
