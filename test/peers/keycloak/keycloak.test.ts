import { describePeer } from '../peer-contract.ts';
import { startKeycloak } from './start-keycloak.ts';

describePeer('startKeycloak', async () => (await startKeycloak()).newRealm());
