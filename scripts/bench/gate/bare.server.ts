import cluster from 'node:cluster';
import express from 'express';
import { listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, url, workerCount } from './route.ts';

// Express 5 as it comes, with nothing before the route: what the others are compared with.
const tokens = ['none'];
if (cluster.isPrimary && workerCount > 1) {
  serveUntilLetGo({ origin: await startWorkers(), tokens }); // workers end with their primary process
} else {
  const app = express();
  app.get(url, loadItems);
  const origin = await listen(app);
  if (cluster.isPrimary) serveUntilLetGo({ origin, tokens });
}

function startWorkers(): Promise<string> {
  return new Promise((resolve) => {
    let listening = 0;
    cluster.on('listening', (_worker, { port }) => {
      listening += 1;
      if (listening === workerCount) resolve(`http://127.0.0.1:${port}`);
    });
    for (let started = 0; started < workerCount; started += 1) cluster.fork();
  });
}
