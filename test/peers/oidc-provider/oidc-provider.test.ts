import { describePeer } from '../peer-contract.ts';
import { startOidcProvider } from './start-oidc-provider.ts';

describePeer('startOidcProvider', startOidcProvider);
