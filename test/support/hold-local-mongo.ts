import { startLocalMongo } from '../../scripts/local-mongo.ts';

// A process that starts a local database as the tests say, prints what it got, and goes on until it is killed.
const { ephemeral, dataFolder } = JSON.parse(process.argv[2] ?? '{}') as { ephemeral: boolean; dataFolder: string };
const { uri, pid } = await startLocalMongo({ dataFolder, ephemeral, env: process.env });
console.log(JSON.stringify({ uri, pid }));
setInterval(() => undefined, 60_000);
