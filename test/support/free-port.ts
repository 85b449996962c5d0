export { freePort } from '../../scripts/local-mongo/free-port.ts';
