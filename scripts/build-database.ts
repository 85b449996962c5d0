import { buildSecantus } from './build-secantus.ts';
import { localFolders } from '../src/cli/local/local-folders.ts';

// `npm run build-database`: builds the fast local database for benchmarks and for tests with floods or large data.
const isBuilt = await buildSecantus({ cacheFolder: localFolders.cache, env: process.env, log: (line) => console.log(line) });
if (isBuilt) console.log('The fast local database is there.');
