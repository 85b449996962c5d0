import { buildKeycloak } from './keycloak/build-keycloak.ts';
import { localFolders } from '../src/cli/local/local-folders.ts';

// `npm run build-keycloak`: builds the Keycloak that the CI form of the tests logs in at.
try {
  await buildKeycloak({ cacheFolder: localFolders.cache, env: process.env, log: (line) => console.log(line) });
  console.log('Keycloak is there.');
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
