import { startKeycloak } from '../../../peers/keycloak/start-keycloak.ts';
import { describeSignOn } from './sign-on-contract.ts';

describeSignOn('a tenant with Keycloak', async () => (await startKeycloak()).newRealm());
