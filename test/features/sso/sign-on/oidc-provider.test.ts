import { startOidcProvider } from '../../../peers/oidc-provider/start-oidc-provider.ts';
import { describeSignOn } from './sign-on-contract.ts';

describeSignOn('a tenant with oidc-provider', startOidcProvider);
