import express from 'express';
import { listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, url } from './route.ts';

// Express 5 as it comes, with nothing before the route: what the others are measured against.
const app = express();
app.get(url, loadItems);
serveUntilLetGo({ origin: await listen(app), token: 'none' });
