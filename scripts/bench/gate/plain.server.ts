import express from 'express';
import { listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, url } from './route.ts';

// Express 5 as it comes: the route with nothing before it, on Node's own server.
const app = express();
app.get(url, loadItems);
serveUntilLetGo({ origin: await listen(app, 'plain'), tokens: ['none'] });
