import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import helmet from 'helmet';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, otherNames, rightCount, url } from './route.ts';

// The gate that people write with care: helmet, an ES256 token with a KeyObject, the session in memory, and a scan of its rights.
interface Session { readonly expiresAt: number; readonly rights: readonly { readonly url: string }[] }

const rights = [...otherNames(rightCount - 1), 'load'].map((name) => ({ url: `/items/${name}` }));
const sessions = new LRUCache<string, Session>({ max: 10_000 });
sessions.set('session', { expiresAt: Date.now() + 8 * 3_600_000, rights });
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const app = express();
app.use(helmet());
app.use((request, response, next) => {
  try {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    const claims = jwt.verify(token, publicKey, { algorithms: ['ES256'] }) as { sid: string }; // signed below
    const session = sessions.get(claims.sid);
    if (!session || session.expiresAt < Date.now()) response.status(401).json({ message: 'Unauthorized' });
    else if (!session.rights.some((held) => held.url === request.path)) response.status(403).json({ message: 'Forbidden resource' });
    else next();
  } catch {
    response.status(401).json({ message: 'Unauthorized' });
  }
});
app.get(url, loadItems);
const token = jwt.sign({ sid: 'session' }, privateKey, { algorithm: 'ES256', expiresIn: '1h' });
serveUntilLetGo({ origin: await listen(app, 'plain'), tokens: [token] });
