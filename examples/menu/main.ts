import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMenu } from './menu.ts';

// Runs the menu until it is interrupted. ISSUER is the PUBLIC_URL of Gatehouse. Set JWKS_URL if this process reaches the keys of Gatehouse
// at another URL.
const { ISSUER = 'http://127.0.0.1:3000', JWKS_URL, PORT = '4000' } = process.env;
const app = createMenu({
  issuer: ISSUER, ...(JWKS_URL !== undefined && { jwksUrl: JWKS_URL }),
  logger: { error: ({ err }, message) => console.error(message, err) },
});
const server = createServer(app);
server.listen(
  Number(PORT), '127.0.0.1', () => { console.log(`The menu listens on http://127.0.0.1:${(server.address() as AddressInfo).port}`); },
);

process.once('SIGINT', () => {
  server.close();
  server.closeAllConnections();
});
