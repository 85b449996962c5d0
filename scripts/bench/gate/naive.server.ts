import { randomBytes } from 'node:crypto';
import express from 'express';
import jwt from 'jsonwebtoken';
import { Schema } from 'mongoose';
import { connectThrowAway, listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, otherNames, rightCount, url } from './route.ts';

// The gate that many a project writes on its first day: an HS256 token with a string secret, the session with its copy of
// all rights read on each request, and a scan of that list.
interface Session { _id: string; expiresAt: Date; rights: { name: string; path: string; url: string }[] }

const connection = await connectThrowAway('naive');
const right = { _id: false, name: String, path: String, url: String };
const Sessions = connection.model('Session', new Schema<Session>({ _id: String, expiresAt: Date, rights: [right] }));
const rights = [...otherNames(rightCount - 1), 'load'].map((name) => ({ name, path: '/items/', url: `/items/${name}` }));
await Sessions.create({ _id: 'session', expiresAt: new Date(Date.now() + 8 * 3_600_000), rights });
const secret = randomBytes(32).toString('hex');

const app = express();
app.use(async (request, response, next) => {
  try {
    const claims = jwt.verify((request.headers.authorization ?? '').replace('Bearer ', ''), secret) as { sid: string }; // signed below
    const session = await Sessions.findById(claims.sid).lean();
    if (!session || session.expiresAt < new Date()) response.status(401).json({ message: 'Unauthorized' });
    else if (!session.rights.some((held) => held.url === request.path)) response.status(403).json({ message: 'Forbidden resource' });
    else next();
  } catch {
    response.status(401).json({ message: 'Unauthorized' });
  }
});
app.get(url, loadItems);
serveUntilLetGo({ origin: await listen(app), tokens: [jwt.sign({ sid: 'session' }, secret, { expiresIn: '1h' })] }, connection);
