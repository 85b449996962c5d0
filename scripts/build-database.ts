import { buildSecantus } from './local-mongo/build-secantus.ts';
import { localFolders } from './local-mongo.ts';

// Builds the fast local database, which benchmarks, floods and large data are tested on; without it they run on the slow one.
const isBuilt = await buildSecantus({ cacheFolder: localFolders.cache, env: process.env, log: (line) => console.log(line) });
if (isBuilt) console.log('The fast local database is there.');
