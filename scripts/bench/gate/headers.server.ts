import express from 'express';
import { createResponsePreparer } from '../../../src/gate/prepare-response.ts';
import { beginRequest } from '../../../src/http/request/request-context.ts';
import { listen, serveUntilLetGo } from '../serve.ts';
import { loadItems, url } from './route.ts';

// Express 5 with the headers that Gatehouse sets on every answer, and no gate: the cost of helmet's headers and a request id alone.
const prepare = createResponsePreparer([], beginRequest);
const app = express();
app.use((request, response, next) => {
  prepare(request, response);
  next();
});
app.get(url, loadItems);
serveUntilLetGo({ origin: await listen(app), tokens: ['none'] });
