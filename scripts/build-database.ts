import { buildSecantus } from './local-mongo/build-secantus.ts';
import { localFolders } from './local-mongo.ts';

// `npm run build-database`: builds the fast local database for benchmarks and for tests with floods or large data.
const isBuilt = await buildSecantus({ cacheFolder: localFolders.cache, env: process.env, log: (line) => console.log(line) });
if (isBuilt) console.log('The fast local database is there.');
