import { randomUUID } from 'node:crypto';
import { addressInLog } from '../../../scripts/keycloak/run-keycloak.ts';
import { createKeycloakAdmin } from './keycloak-admin.ts';
import { createRealm } from './keycloak-realm.ts';
import type { OidcPeer } from '../oidc-peer.ts';

/** The Keycloak of the run. */
export interface Keycloak {
  readonly url: string;
  /** Makes a realm of one test's own, which takes about a second. */
  newRealm(): Promise<OidcPeer>;
}

/**
 * Waits for the Keycloak of the run, which starts with it if one of its files is named `keycloak.test.ts`. One Keycloak serves all
 * files. Its data is thrown away with the run, so nobody removes a realm.
 *
 * Throws, with a cure, if the run has none. A hook that calls this needs a limit of 180 s.
 */
export async function startKeycloak(): Promise<Keycloak> {
  const { TEST_KEYCLOAK } = process.env;
  if (TEST_KEYCLOAK === undefined) {
    throw new Error('This run has no Keycloak. Cure: npm run build-keycloak, and call the file that uses it keycloak.test.ts.');
  }
  const url = await addressInLog(JSON.parse(TEST_KEYCLOAK) as { pid: number; logFile: string }); // as besideKeycloak wrote it
  const admin = createKeycloakAdmin(url);
  return { url, newRealm: () => createRealm(admin, url, `realm-${randomUUID()}`) };
}
