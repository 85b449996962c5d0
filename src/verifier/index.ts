/** The public surface of `gatehouse/verifier`: for a service that knows the public keys and nothing else of Gatehouse. */
import '../authenticator/authenticator.ts'; // its declarations give Express's Request the `access` that handlers read
export { createVerifier } from './verifier.ts';
export type { ProtectOptions, Verifier, VerifierOptions } from './verifier.ts';
