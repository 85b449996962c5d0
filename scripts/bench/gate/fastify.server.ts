import { generateKeyPairSync } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import helmet from '@fastify/helmet';
import jwt from '@fastify/jwt';
import type { FastifyJWTOptions } from '@fastify/jwt';
import fastify from 'fastify';
import { serveUntilLetGo } from '../serve.ts';
import { payload, url } from './route.ts';

// Fastify 5 with helmet and verified tokens in its own cache. It asks no session and no right.
const keys = generateKeyPairSync('ec', {
  namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const app = fastify({ keepAliveTimeout: 65_000 });
await app.register(helmet);
const options: FastifyJWTOptions = {
  secret: { private: keys.privateKey, public: keys.publicKey }, sign: { algorithm: 'ES256', expiresIn: '1h' },
  verify: { algorithms: ['ES256'], cache: true },
};
await app.register(jwt, options);
app.addHook('onRequest', async (request) => { await request.jwtVerify(); });
app.get(url, () => payload);
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo; // what a server on a port has
serveUntilLetGo({ origin: `http://127.0.0.1:${port}`, tokens: [app.jwt.sign({ sid: 'session' })] });
