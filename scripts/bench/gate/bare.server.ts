import cluster from 'node:cluster';
import express from 'express';
import { listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, url, workerCount } from './route.ts';

// Express 5 as it comes, with nothing before the route: what the others are measured against.
if (cluster.isPrimary && workerCount > 1) {
  serveUntilLetGo({ origin: await startWorkers(), tokens: ['none'] }); // workers end with their primary process
} else {
  const app = express();
  app.get(url, loadItems);
  const origin = await listen(app);
  if (cluster.isPrimary) serveUntilLetGo({ origin, tokens: ['none'] });
}

function startWorkers(): Promise<string> {
  return new Promise((resolve) => {
    let listening = 0;
    cluster.on('listening', (_worker, { port }) => {
      listening += 1;
      if (listening === workerCount) resolve(`http://127.0.0.1:${port}`);
    });
    for (let count = 0; count < workerCount; count += 1) cluster.fork();
  });
}
