export { freePort } from '../../src/cli/local-mongo/free-port.ts';
